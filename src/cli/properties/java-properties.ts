import { readFileSync } from 'node:fs'

import { Failure, messageOf } from '../failures.ts'

/** The settings of a Java .properties text, in order of appearance; the last of a name wins. */
export function parseProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>()
  for (const line of logicalLines(text)) {
    const [, key = '', value = ''] = KEY_AND_VALUE.exec(line)!
    properties.set(unescapeText(key), unescapeText(value))
  }
  return properties
}

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
  return parseProperties(text)
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

function* logicalLines(text: string): Generator<string> {
  let joined: string | undefined
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const line = natural.replace(/^[ \t\f]+/, '')
    if (joined === undefined && (line === '' || line[0] === '#' || line[0] === '!')) continue
    const whole: string = (joined ?? '') + line
    const goesOn = /(?:^|[^\\])(?:\\\\)*\\$/.test(line)
    joined = goesOn ? whole.slice(0, -1) : undefined
    if (!goesOn) yield whole
  }
  if (joined !== undefined && joined !== '') yield joined
}

const ESCAPES: Record<string, string> = { t: '\t', n: '\n', r: '\r', f: '\f' }

function unescapeText(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S])|$)/g, (_, code?: string, letter: string = '') =>
    code === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
  )
}
