// Parsers of other programs' files. What they say of a mistake quotes the text, which may be a password: only its place
// is told.

import { Failure } from '../../failures.ts'

const notReadable = (path: string, what: string, line: number, column?: number): Failure =>
  new Failure(`'${path}' is not ${what} at line ${line}${column === undefined ? '' : `, column ${column}`}`)

export async function readYaml(text: string, path: string): Promise<unknown> {
  const { parse, YAMLParseError } = await import('yaml')
  try {
    return parse(text)
  } catch (error) {
    // The parser calls itself for each level, and runs out of stack where there are thousands.
    if (error instanceof YAMLParseError && error.code === 'RESOURCE_EXHAUSTION')
      throw new Failure(`'${path}' has too many levels of lists and maps within one another`)
    const place = error instanceof YAMLParseError ? error.linePos?.[0] : undefined
    throw notReadable(path, 'YAML', place?.line ?? 1, place?.col ?? 1)
  }
}

export async function readToml(text: string, path: string): Promise<unknown> {
  const { parse, TomlError } = await import('smol-toml')
  try {
    return parse(text)
  } catch (error) {
    const place = error instanceof TomlError ? error : undefined
    throw notReadable(path, 'TOML', place?.line ?? 1, place?.column ?? 1)
  }
}

/** `name=value` lines as kcat reads them: its escapes of `:` and `=` are Java's. */
export function readNameValues(text: string, path: string): Map<string, string> {
  const settings = new Map<string, string>()
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const plain = line.trim().replace(/\\([:=])/g, '$1')
    if (plain === '' || plain.startsWith('#')) continue
    const equals = plain.indexOf('=')
    if (equals < 1) throw notReadable(path, 'a list of property=value', at + 1)
    settings.set(plain.slice(0, equals).trim(), plain.slice(equals + 1).trim())
  }
  return settings
}
