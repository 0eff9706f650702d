// Listeners as server.properties has them.

/** The items of a property that is a list. */
export const listItems = (text = ''): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

export interface ListenerProperty {
  readonly name: string
  /** Empty when the text names none: every address of the machine. */
  readonly host: string
  readonly port: number
}

/** Parses `CLIENTS://host:9092`; null for text that is not a listener. */
export function parseListener(text: string): ListenerProperty | null {
  const [, name, host, port] = /^(.+):\/\/\[?([^\]]*?)\]?:(\d+)$/.exec(text) ?? []
  if (name === undefined || host === undefined || Number(port) > 65535) return null
  return { name, host, port: Number(port) }
}

/** A listener as parseListener reads it. */
export const listenerText = ({ name, host, port }: ListenerProperty): string =>
  `${name}://${host.includes(':') ? `[${host}]` : host}:${port}`
