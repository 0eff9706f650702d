import { isUtf8 } from 'node:buffer'
import { parseExactJson } from './exact-json.ts'
import { findRepeatedName } from './repeated-names.ts'

export interface BytesInJson {
  /** A name that one of its objects has twice; null when none has. */
  readonly repeatedName: string | null
  readonly json: unknown
  /** The bytes that a text of the JSON stands for; null for half of a surrogate pair, which is no text. */
  readonly bytesOf: (text: string) => Buffer | null
}

/**
 * Parses JSON whose texts may hold bytes that are not UTF-8, as kcat writes them: JSON with one character a byte, so
 * that none is lost. SyntaxError when it is no JSON.
 */
export function parseBytesJson(line: Buffer): BytesInJson {
  if (!isUtf8(line)) {
    const text = line.toString('latin1').replace(ESCAPES, utf8AsLatin1)
    return {
      json: parseExactJson(text),
      repeatedName: findRepeatedName(text),
      bytesOf: (found) => Buffer.from(found, 'latin1'),
    }
  }
  const text = line.toString()
  // Only an escape can make half of a pair.
  const bytesOf = /\\u[dD]/.test(text) ? wellFormedBytes : (found: string) => Buffer.from(found)
  return { json: parseExactJson(text), repeatedName: findRepeatedName(text), bytesOf }
}

const wellFormedBytes = (text: string): Buffer | null =>
  /\p{Surrogate}/u.test(text) ? null : Buffer.from(text)

/** Escapes, those of characters one after the other together, since two may be one character. */
const ESCAPES = /(?:\\u[0-9a-fA-F]{4})+|\\[^u]/g

function utf8AsLatin1(escapes: string): string {
  if (!escapes.startsWith('\\u')) return escapes
  const bytes = Buffer.from(JSON.parse(`"${escapes}"`) as string)
  return Array.from(bytes, (byte) => `\\u00${byte.toString(16).padStart(2, '0')}`).join('')
}
