// How console-producer turns a line into a record: Kafka's LineMessageReader, on bytes instead of text, so that
// what is not UTF-8 passes unchanged. A line reads
//
//   h1:v1,h2:v2 <headers.delimiter> key <key.separator> value

import type { Int64 } from '../../bytes/int64.ts'
import { readName } from '../../records/header-name.ts'
import { UsageError } from '../failures.ts'
import type { Match } from '../patterns/engine.ts'
import { PatternError } from '../patterns/node.ts'

export type Header = [key: string, value: Buffer | null]

export interface InputRecord {
  key: Buffer | null
  value: Buffer | null
  headers: Header[]
  /** Where the record goes, if it says so itself. */
  topic?: string
  /** Which partition it was in, if it says so. */
  partition?: number
  timestamp?: Int64
}

/** Makes records of lines. */
export interface RecordParser {
  /** The record of one line; `lineNumber` is for messages. Throws LineError. */
  parse(line: Buffer, lineNumber: number): InputRecord
}

/** A line that cannot be read; the message is Kafka's. */
export class LineError extends Error {
  override readonly name = 'LineError'
}

const DEFAULTS = {
  'key.separator': '\t',
  'headers.delimiter': '\t',
  'headers.separator': ',',
  'headers.key.separator': ':',
}

// Pairs that Kafka refuses to be equal, in the order it checks them.
const DISTINCT = [
  ['headers.delimiter', 'headers.separator'],
  ['headers.delimiter', 'headers.key.separator'],
  ['headers.separator', 'headers.key.separator'],
  ['null.marker', 'key.separator'],
  ['null.marker', 'headers.separator'],
  ['null.marker', 'headers.delimiter'],
  ['null.marker', 'headers.key.separator'],
] as const

const isTrue = (value: string | undefined): boolean => value?.trim().toLowerCase() === 'true'

// Bytes as text with one character a byte, so that a pattern can be matched without decoding them.
const asBytes = (text: string): string => Buffer.from(text).toString('latin1')

/** Parses lines by the reader properties of console-producer (`parse.key`, `key.separator`, …); UsageError in Kafka's words. */
export class LineReader implements RecordParser {
  /** Whether a line is the value and nothing else, so that parsing can be left out. */
  readonly isPlain: boolean
  readonly #parsesKey: boolean
  readonly #parsesHeaders: boolean
  readonly #ignoresErrors: boolean
  readonly #keySeparator: Buffer
  readonly #headersDelimiter: Buffer
  readonly #headersSeparator: Separator
  readonly #headerKeySeparator: string
  readonly #nullMarker: Buffer | null

  /** Loads what the separator of headers needs: it is a regular expression in Kafka. */
  static async open(properties: ReadonlyMap<string, string>): Promise<LineReader> {
    const separator = properties.get('headers.separator') ?? DEFAULTS['headers.separator']
    return new LineReader(properties, await compileSeparator(separator))
  }

  private constructor(properties: ReadonlyMap<string, string>, headersSeparator: Separator) {
    const setting = (name: keyof typeof DEFAULTS | 'null.marker'): string | undefined =>
      properties.get(name) ?? (name === 'null.marker' ? undefined : DEFAULTS[name])
    for (const [one, other] of DISTINCT) {
      if (setting(one) === setting(other)) throw new UsageError(`${one} and ${other} may not be equal`)
    }
    const marker = setting('null.marker')
    this.#parsesKey = isTrue(properties.get('parse.key'))
    this.#parsesHeaders = isTrue(properties.get('parse.headers'))
    this.#ignoresErrors = isTrue(properties.get('ignore.error'))
    this.#keySeparator = Buffer.from(setting('key.separator')!)
    this.#headersDelimiter = Buffer.from(setting('headers.delimiter')!)
    this.#headersSeparator = headersSeparator
    this.#headerKeySeparator = asBytes(setting('headers.key.separator')!)
    this.#nullMarker = marker === undefined ? null : Buffer.from(marker)
    this.isPlain = !this.#parsesKey && !this.#parsesHeaders && marker === undefined
  }

  /** The record of one line; `lineNumber` is for messages. Keys and values are views on the line. */
  parse(line: Buffer, lineNumber: number): InputRecord {
    let from = 0
    let headers: Header[] = []
    if (this.#parsesHeaders) {
      const end = this.#find(line, from, this.#headersDelimiter, 'headers delimiter', lineNumber)
      if (end >= 0) {
        headers = this.#headersOf(line.subarray(0, end), lineNumber)
        from = end + this.#headersDelimiter.length
      }
    }
    let key: Buffer | null = null
    if (this.#parsesKey) {
      const end = this.#find(line, from, this.#keySeparator, 'key separator', lineNumber)
      if (end >= 0) {
        key = this.#orNull(line.subarray(from, end))
        from = end + this.#keySeparator.length
      }
    }
    return { key, value: this.#orNull(line.subarray(from)), headers }
  }

  #find(line: Buffer, from: number, separator: Buffer, name: string, lineNumber: number): number {
    const at = line.indexOf(separator, from)
    if (at < 0 && !this.#ignoresErrors) {
      throw new LineError(`No ${name} found on line number ${lineNumber}: '${line.toString()}'`)
    }
    return at
  }

  #orNull(bytes: Buffer): Buffer | null {
    return this.#nullMarker?.equals(bytes) ? null : bytes
  }

  #headersOf(block: Buffer, lineNumber: number): Header[] {
    if (this.#orNull(block) === null) return []
    return splitAsJava(block.toString('latin1'), this.#headersSeparator).map((pair) => {
      const text = Buffer.from(pair, 'latin1')
      const at = pair.indexOf(this.#headerKeySeparator)
      if (at < 0) {
        if (this.#ignoresErrors) return [readName(text, 0, text.length), null]
        throw new LineError(`No header key separator found in pair '${text}' on line number ${lineNumber}`)
      }
      const key = text.subarray(0, at)
      if (this.#orNull(key) === null) {
        const marker = this.#nullMarker
        throw new LineError(
          `Header keys should not be equal to the null marker '${marker}' as they can't be null`,
        )
      }
      return [readName(key, 0, key.length), this.#orNull(text.subarray(at + this.#headerKeySeparator.length))]
    })
  }
}

/** Finds the places that separate headers. */
type Separator = (text: string) => Iterable<Match>

async function compileSeparator(pattern: string): Promise<Separator> {
  const source = asBytes(pattern)
  if (source !== '' && !/[\\^$.*+?()[\]{}|]/.test(source)) return (text) => placesOf(source, text)
  const { JavaPattern } = await import('../patterns/java-pattern.ts')
  try {
    const engine = await new JavaPattern(source).engine({ isWhole: false })
    return (text) => engine.matchAll(text)
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    throw new UsageError(`headers.separator: '${pattern}' is not a regular expression: ${error.message}`)
  }
}

function* placesOf(literal: string, text: string): Generator<Match> {
  for (let start = text.indexOf(literal); start >= 0; ) {
    const end = start + literal.length
    yield { start, end }
    start = text.indexOf(literal, end)
  }
}

// As java.util.regex.Pattern.split: no empty pieces at the end, none before a match of nothing at the start.
function splitAsJava(text: string, separator: Separator): string[] {
  const pieces: string[] = []
  let from = 0
  for (const { start, end } of separator(text)) {
    if (end === 0) continue
    pieces.push(text.slice(from, start))
    from = end
  }
  if (from === 0 && pieces.length === 0) return [text]
  pieces.push(text.slice(from))
  while (pieces.at(-1) === '') pieces.pop()
  return pieces
}
