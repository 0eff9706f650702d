import { readFileSync } from 'node:fs'

import { Failure, messageOf } from '../failures.ts'

/** The settings of a Java .properties text, in order of appearance; the last of a name wins. Failure as Java fails. */
export function parseProperties(text: string, file?: string): Map<string, string> {
  const properties = new Map<string, string>()
  for (const { line, number } of logicalLines(text)) {
    const [, key = '', value = ''] = KEY_AND_VALUE.exec(line)!
    if (MALFORMED.test(line)) {
      // The line may hold a password: only its place is named.
      const place = file === undefined ? `line ${number}` : `${file}:${number}`
      throw new Failure('Malformed \\uxxxx encoding.', {
        hint: `${place}: four hexadecimal digits follow \\u; a backslash itself is written twice`,
      })
    }
    properties.set(unescapeText(key), unescapeText(value))
  }
  return properties
}

/** A `\u` that no other backslash guards, and that has fewer than four hexadecimal digits. */
const MALFORMED = /^(?:[^\\]|\\[^u]|\\u[0-9a-fA-F]{4})*\\u(?![0-9a-fA-F]{4})/

/** What Java says of files that it cannot open. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  EISDIR: 'Is a directory',
  EACCES: 'Permission denied',
}

/** The settings of a file; Failure in Kafka's words when it cannot be read. */
export function readProperties(path: string): Map<string, string> {
  const text = readText(path)
  // Java would take every line of it for a setting, and so would what is printed about settings that are unknown.
  if (text.includes('\0')) throw new Failure(`${path} is no properties file: there is a zero byte in it`)
  return parseProperties(text, path)
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? REASONS[String(error.code)] : undefined
    throw new Failure(reason === undefined ? messageOf(error) : `${path} (${reason})`, { cause: error })
  }
}

/** A key ends at the first =, : or blank that no backslash guards. */
const KEY_AND_VALUE = /^((?:\\[\s\S]|[^\\=: \t\f])*)[ \t\f]*[=:]?[ \t\f]*([\s\S]*)$/

/** The line, joined with those that it goes on in, and the number of the first of them. */
interface LogicalLine {
  readonly line: string
  readonly number: number
}

function* logicalLines(text: string): Generator<LogicalLine> {
  let joined: string | undefined
  let number = 0
  for (const [at, natural] of text.split(/\r\n|\r|\n/).entries()) {
    const line = natural.replace(/^[ \t\f]+/, '')
    if (joined === undefined && (line === '' || line[0] === '#' || line[0] === '!')) continue
    if (joined === undefined) number = at + 1
    const whole: string = (joined ?? '') + line
    const goesOn = /(?:^|[^\\])(?:\\\\)*\\$/.test(line)
    joined = goesOn ? whole.slice(0, -1) : undefined
    if (!goesOn) yield { line: whole, number }
  }
  if (joined !== undefined && joined !== '') yield { line: joined, number }
}

const ESCAPES: Record<string, string> = { t: '\t', n: '\n', r: '\r', f: '\f' }

function unescapeText(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S])|$)/g, (_, code?: string, letter: string = '') =>
    code === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
  )
}
