// JSON with all digits of integers past 2^53: JSON.parse rounds them, Node 20 does not pass their text to a reviver, and
// JSON.stringify refuses bigints.
import { randomUUID } from 'node:crypto'
import { int64Json, toInt64 } from '../../bytes/int64.ts'

/** Digits enough for an integer past 2^53, which nothing in front or after makes part of another number. */
const LONG_INTEGER = /(?<![\d.eE+-])-?[1-9]\d{15,}(?![\d.eE])/g

export type Json = string | number | bigint | boolean | null | Json[] | { [name: string]: Json }

/** No string of a document starts with it. */
const MARK = `${randomUUID()}:`

const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, 'g')

/** JSON text with all digits of every integer, as Kafka writes it. */
export function jsonText(json: unknown): string {
  let isMarked = false
  const text = JSON.stringify(json, (_, value: unknown) => {
    if (typeof value !== 'bigint') return value
    isMarked = true
    return `${MARK}${value}`
  })
  return isMarked ? text.replace(MARKED, '$1') : text
}

/** JSON for other programs: integers that JavaScript cannot hold exactly become strings. */
export const safeJsonText = (json: unknown): string =>
  JSON.stringify(json, (_, value: unknown) => (typeof value === 'bigint' ? int64Json(toInt64(value)) : value))

/** As JSON.parse, with integers past 2^53 as bigints; SyntaxError where the text is no JSON. */
export function parseExactJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text)
  return JSON.parse(markIntegers(text), (_, value: unknown) => {
    if (typeof value !== 'string' || !value.startsWith(MARK)) return value
    const integer = BigInt(value.slice(MARK.length))
    return Number.isSafeInteger(Number(integer)) ? Number(integer) : integer
  })
}

/** The text with long integers outside of strings as marked strings. */
function markIntegers(text: string): string {
  let marked = ''
  let from = 0
  let string = text.indexOf('"')
  LONG_INTEGER.lastIndex = 0
  for (let found = LONG_INTEGER.exec(text); found !== null; found = LONG_INTEGER.exec(text)) {
    let end = 0
    while (string >= 0 && string < found.index) {
      end = endOfString(text, string)
      string = text.indexOf('"', end)
    }
    if (end > found.index) {
      LONG_INTEGER.lastIndex = end
      continue
    }
    marked += `${text.slice(from, found.index)}"${MARK}${found[0]}"`
    from = LONG_INTEGER.lastIndex
  }
  return marked + text.slice(from)
}

/** Where the string that opens at `at` ends, its closing quote included. */
function endOfString(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const character = text[i]
    if (character === '\\') i++
    else if (character === '"') return i + 1
  }
  return text.length
}
