// What server.properties says of listeners, for the tools that read such a file.

/** The items of a property that is a list. */
export const listItems = (text = ''): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

export interface Listener {
  readonly name: string
  /** Empty when the text names none: every address of the machine. */
  readonly host: string
  readonly port: number
}

/** `CLIENTS://host:9092`; null for text that is no listener. */
export function parseListener(text: string): Listener | null {
  const [, name, host, port] = /^(.+):\/\/\[?([^\]]*?)\]?:(\d+)$/.exec(text) ?? []
  if (name === undefined || host === undefined) return null
  return { name, host, port: Number(port) }
}
