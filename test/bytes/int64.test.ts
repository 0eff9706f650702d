import { expect, test } from 'vitest'
import {
  addInt64,
  addSaturated,
  compareInt64,
  type Int64,
  MAX_INT64,
  MIN_INT64,
  maxInt64,
  minInt64,
  parseInt64,
  readInt64,
  subtractInt64,
  toInt64,
  toSafeNumber,
  writeInt64,
} from '../../src/bytes/int64.ts'
import { Reader } from '../../src/bytes/reader.ts'
import { Writer } from '../../src/bytes/writer.ts'

const AROUND = [0n, 1n, 1000n, 2n ** 31n, 2n ** 32n, 2n ** 52n, 2n ** 53n, 2n ** 62n, 2n ** 63n]
/** Each power, its neighbours and their opposites, as far as they are of 64 bits. */
const VALUES = [...new Set(AROUND.flatMap((n) => [n - 1n, n, n + 1n, 1n - n, -n, -n - 1n]))].filter(
  (value) => BigInt.asIntN(64, value) === value,
)

const isOneForm = (value: Int64): boolean =>
  typeof value === 'number' ? Number.isSafeInteger(value) : !Number.isSafeInteger(Number(value))

test('a value has one form: a number when it is a safe integer, otherwise a bigint', () => {
  for (const value of VALUES) {
    const found = toInt64(value)
    expect(isOneForm(found), String(value)).toBe(true)
    expect(BigInt(found)).toBe(value)
    expect(`${found}`).toBe(`${value}`)
  }
  expect(toInt64(2n ** 63n)).toBe(MIN_INT64)
  expect(toInt64(-(2n ** 63n) - 1n)).toBe(MAX_INT64)
})

test('values are written and read as eight bytes', () => {
  for (const value of VALUES) {
    const bytes = Buffer.alloc(8)
    writeInt64(bytes, 0, toInt64(value))
    expect(bytes.readBigInt64BE(0)).toBe(value)
    expect(readInt64(bytes, 0)).toBe(toInt64(value))
    // A writer that has to grow in between.
    const writer = new Writer(1)
    writer.int8(7)
    writer.int64(toInt64(value))
    const reader = new Reader(writer.takeBytes())
    expect([reader.int8(), reader.int64()]).toEqual([7, toInt64(value)])
  }
  for (const wrong of [1.5, Number.NaN, Infinity, 2 ** 53]) {
    expect(() => writeInt64(Buffer.alloc(8), 0, wrong)).toThrow(RangeError)
  }
})

test('sums and differences wrap as those of Java', () => {
  for (const a of VALUES) {
    for (const b of VALUES) {
      const sum = addInt64(toInt64(a), toInt64(b))
      const difference = subtractInt64(toInt64(a), toInt64(b))
      const expected = [BigInt.asIntN(64, a + b), BigInt.asIntN(64, a - b)]
      expect([BigInt(sum), BigInt(difference)], `${a} and ${b}`).toEqual(expected)
      expect([isOneForm(sum), isOneForm(difference)]).toEqual([true, true])
    }
  }
})

test('saturated sums stop at the ends', () => {
  const [least, most] = [BigInt(MIN_INT64), BigInt(MAX_INT64)]
  for (const a of VALUES) {
    for (const b of VALUES) {
      const exact = a + b
      const expected = exact > most ? most : exact < least ? least : exact
      const sum = addSaturated(toInt64(a), toInt64(b))
      expect([BigInt(sum), isOneForm(sum)], `${a} and ${b}`).toEqual([expected, true])
    }
  }
})

test('values compare as numbers do, whatever their form', () => {
  for (const a of VALUES) {
    for (const b of VALUES) {
      const [one, other] = [toInt64(a), toInt64(b)]
      expect(compareInt64(one, other)).toBe(a < b ? -1 : a > b ? 1 : 0)
      expect([one < other, one === other]).toEqual([a < b, a === b])
      expect([minInt64(one, other), maxInt64(one, other)]).toEqual(a < b ? [one, other] : [other, one])
    }
  }
})

test('digits are read as Long.parseLong reads them', () => {
  for (const value of VALUES) expect(parseInt64(String(value))).toBe(toInt64(value))
  expect([parseInt64('+5'), parseInt64('007'), parseInt64('-0')]).toEqual([5, 7, 0])
  expect(parseInt64('+9223372036854775807')).toBe(MAX_INT64)
  const wrong = ['', '-', '1.0', '1e3', ' 1', '0x1', '1n', '9223372036854775808', '-9223372036854775809']
  expect(wrong.map(parseInt64)).toEqual(wrong.map(() => null))
})

test('the nearest safe number stands for what is past it', () => {
  expect(toSafeNumber(MAX_INT64)).toBe(Number.MAX_SAFE_INTEGER)
  expect(toSafeNumber(MIN_INT64)).toBe(Number.MIN_SAFE_INTEGER)
  expect(toSafeNumber(-7)).toBe(-7)
})
