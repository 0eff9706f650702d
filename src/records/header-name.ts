// Names of headers as text, without loss. Kafka's own clients write UTF-8, others whatever they are given: a byte that is
// not UTF-8 becomes half of a surrogate pair, U+DC80 to U+DCFF, which stands in no text, and turns into that byte again.

import { isUtf8 } from 'node:buffer'

const ESCAPED = /[\udc80-\udcff]/u

export function readName(buffer: Buffer, from: number, to: number): string {
  const text = buffer.toString('utf8', from, to)
  return text.includes('\ufffd') ? escaped(buffer.subarray(from, to)) : text
}

/** The bytes of a name that holds some which are not UTF-8; null for all others, whose bytes are their UTF-8. */
export function oddNameBytes(name: string): Buffer | null {
  if (!ESCAPED.test(name)) return null
  const parts = Array.from(name, (char) =>
    ESCAPED.test(char) ? Buffer.from([char.charCodeAt(0) & 0xff]) : Buffer.from(char),
  )
  return Buffer.concat(parts)
}

function escaped(bytes: Buffer): string {
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, 4].find((size) => isUtf8(bytes.subarray(at, at + size))) ?? 0
    text += length > 0 ? bytes.toString('utf8', at, at + length) : String.fromCharCode(0xdc00 | bytes[at]!)
    at += Math.max(1, length)
  }
  return text
}
