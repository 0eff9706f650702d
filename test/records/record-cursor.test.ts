import { expect, test } from 'vitest'
import { RecordCursor } from '../../src/records/record-cursor.ts'
import { RecordsError } from '../../src/records/records-error.ts'
import { randomInteger, seededRandom } from '../support/random.ts'

interface Parts {
  attributes: number
  timestampDelta: bigint
  offsetDelta: number
  key: string | null
  value: string | null
  headerCount: number
  end: number
}

/** A number as Kafka writes it: zigzag, seven bits a byte, the low ones first. */
function varint(value: bigint): number[] {
  const bytes: number[] = []
  let left = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  for (; left > 0x7fn; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80)
  return [...bytes, Number(left)]
}

const field = (text: string | null): number[] =>
  text === null ? varint(-1n) : [...varint(BigInt(text.length)), ...Buffer.from(text)]

function record({ attributes, timestampDelta, offsetDelta, key, value, headerCount }: Omit<Parts, 'end'>) {
  const header = [...field('name'), ...field(null)]
  const body = [
    attributes,
    ...varint(timestampDelta),
    ...varint(BigInt(offsetDelta)),
    ...field(key),
    ...field(value),
    ...varint(BigInt(headerCount)),
    ...Array.from({ length: headerCount }, () => header).flat(),
  ]
  return [...varint(BigInt(body.length)), ...body]
}

/** The same by the letter of the format, one byte at a time; null where the bytes are no records. */
function readSlowly(bytes: Buffer, count: number): Parts[] | null {
  let at = 0
  const number = (end: number, maxBits: number): bigint => {
    let raw = 0n
    for (let shift = 0n; shift < maxBits; shift += 7n) {
      if (at >= end) throw new RangeError()
      const byte = bytes[at++]!
      raw |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) {
        const value = BigInt.asUintN(maxBits > 35 ? 64 : 32, raw)
        return (value >> 1n) ^ -(value & 1n)
      }
    }
    throw new RangeError()
  }
  const text = (end: number, length: bigint): string | null => {
    if (length < 0n) return null
    if (length > BigInt(end - at)) throw new RangeError()
    at += Number(length)
    return bytes.toString('latin1', at - Number(length), at)
  }
  const found: Parts[] = []
  try {
    for (let i = 0; i < count; i++) {
      const length = Number(number(bytes.length, 35))
      const end = at + length
      if (length <= 0 || end > bytes.length) throw new RangeError()
      const attributes = bytes[at++]!
      const timestampDelta = number(end, 70)
      const offsetDelta = Number(number(end, 35))
      const key = text(end, number(end, 35))
      const value = text(end, number(end, 35))
      const headerCount = Number(number(end, 35))
      if (headerCount < 0 || headerCount > end - at) throw new RangeError()
      for (let left = headerCount; left > 0; left--) {
        if (text(end, number(end, 35)) === null) throw new RangeError()
        text(end, number(end, 35))
      }
      if (at !== end) throw new RangeError()
      found.push({ attributes, timestampDelta, offsetDelta, key, value, headerCount, end })
    }
    if (at !== bytes.length) throw new RangeError()
    return found
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function readWithCursor(bytes: Buffer, count: number): Parts[] | null {
  const cursor = new RecordCursor(bytes, 0, bytes.length, count)
  const text = (at: number, length: number) => (length < 0 ? null : bytes.toString('latin1', at, at + length))
  const found: Parts[] = []
  try {
    while (cursor.next()) {
      found.push({
        attributes: cursor.attributes,
        timestampDelta: BigInt(cursor.timestampDelta),
        offsetDelta: cursor.offsetDelta,
        key: text(cursor.keyAt, cursor.keyBytes),
        value: text(cursor.valueAt, cursor.valueBytes),
        headerCount: cursor.headerCount,
        end: cursor.end,
      })
    }
    return found
  } catch (error) {
    if (error instanceof RecordsError) return null
    throw error
  }
}

const NUMBERS = [0, 1, -1, 63, 64, -64, -65, 8191, 8192, -8192, -8193, 1_048_575, 1_048_576, 2_000_000_000]
const LENGTHS = [-1, 0, 1, 2, 63, 64, 65, 8191, 8192]

test('records are read alike, however many bytes their numbers take', () => {
  const pick = <T>(items: readonly T[], index: number): T => items[index % items.length]!
  const records = Array.from({ length: 140 }, (_, i) => {
    const text = (length: number) => (length < 0 ? null : 'x'.repeat(length))
    return {
      attributes: i % 2,
      timestampDelta: BigInt(pick(NUMBERS, i)) * (i % 50 === 0 ? 10_000_000_000n : 1n),
      offsetDelta: pick(NUMBERS, i >> 2),
      key: text(pick(LENGTHS, i >> 1)),
      value: text(pick(LENGTHS, i)),
      headerCount: i % 7 === 0 ? i % 3 : 0,
    }
  })
  const bytes = Buffer.from(records.flatMap(record))
  const found = readWithCursor(bytes, records.length)
  expect(found?.map(({ end: _, ...parts }) => parts)).toEqual(records)
  expect(found).toEqual(readSlowly(bytes, records.length))
})

test('changed bytes are records, or none, as the format has it', () => {
  const random = seededRandom(17)
  let whole = 0
  for (let round = 0; round < 4000; round++) {
    const count = randomInteger(random, 1, 4)
    const bytes = Buffer.from(
      Array.from({ length: count }, (_, offsetDelta) => {
        const text = () => {
          const length = randomInteger(random, -1, 90)
          return length < 0 ? null : 'x'.repeat(length)
        }
        const timestampDelta = BigInt(randomInteger(random, -200, 200))
        const headerCount = random() < 0.2 ? 1 : 0
        return record({ attributes: 0, timestampDelta, offsetDelta, key: text(), value: text(), headerCount })
      }).flat(),
    )
    for (let left = randomInteger(random, 0, 3); left > 0; left--) {
      bytes[randomInteger(random, 0, bytes.length)] = randomInteger(random, 0, 256)
    }
    const cut = bytes.subarray(0, bytes.length - (random() < 0.1 ? 1 : 0))
    const expected = readSlowly(cut, count)
    if (expected !== null) whole++
    expect(readWithCursor(cut, count), `round ${round}`).toEqual(expected)
  }
  expect(whole).toBeGreaterThan(1000)
  expect(whole).toBeLessThan(3900)
})
