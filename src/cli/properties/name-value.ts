import { readProperties } from './java-properties.ts'

/** `name=value` texts as properties, split at the first `=`; what has no `=` stands for an empty value. */
export function nameValues(texts: readonly string[]): [name: string, value: string][] {
  return texts.map((text) => {
    const at = text.indexOf('=')
    return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
  })
}

/** The properties of a file, if one was named, and over them those of the command line. */
export const mergedProperties = (path: string | undefined, texts: readonly string[]): Map<string, string> =>
  new Map([...(path === undefined ? [] : readProperties(path)), ...nameValues(texts)])
