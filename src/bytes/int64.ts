// Java's long. Nearly all values are safe integers, for which a number is exact and fast; the others are bigints.

/**
 * A 64-bit integer: a number when it is a safe integer, otherwise a bigint. Each value has exactly one form, so `===`,
 * `<`, template strings and Map keys work as they do for numbers. Arithmetic and JSON need the functions below.
 */
export type Int64 = number | bigint

export const MAX_INT64: Int64 = 0x7fff_ffff_ffff_ffffn
export const MIN_INT64: Int64 = -0x8000_0000_0000_0000n

/** The 64-bit integer that the lowest 64 bits of `value` stand for. */
export function toInt64(value: bigint): Int64 {
  const wrapped = BigInt.asIntN(64, value)
  const number = Number(wrapped)
  return Number.isSafeInteger(number) ? number : wrapped
}

/** The sum; past the ends of the range it wraps, as in Java. */
export function addInt64(a: Int64, b: Int64): Int64 {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isSafeInteger(sum)) return sum
  }
  return toInt64(BigInt(a) + BigInt(b))
}

/** The difference; past the ends of the range it wraps, as in Java. */
export function subtractInt64(a: Int64, b: Int64): Int64 {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b
    if (Number.isSafeInteger(difference)) return difference
  }
  return toInt64(BigInt(a) - BigInt(b))
}

/** The sum; past the ends of the range it is the end. */
export function addSaturated(a: Int64, b: Int64): Int64 {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isSafeInteger(sum)) return sum
  }
  const sum = BigInt(a) + BigInt(b)
  if (sum > MAX_INT64) return MAX_INT64
  return sum < MIN_INT64 ? MIN_INT64 : toInt64(sum)
}

/** The nearest number that is exact: for durations and limits, where 285,000 years and more are the same. */
export function toSafeNumber(value: Int64): number {
  if (typeof value === 'number') return value
  return value > 0n ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER
}

export const minInt64 = (a: Int64, b: Int64): Int64 => (b < a ? b : a)

export const maxInt64 = (a: Int64, b: Int64): Int64 => (b > a ? b : a)

/** The order of two values, for `sort`. */
export const compareInt64 = (a: Int64, b: Int64): number => (a < b ? -1 : a > b ? 1 : 0)

/** The value of decimal digits with an optional sign, as Java's Long.parseLong reads them; null for anything else. */
export function parseInt64(text: string): Int64 | null {
  if (!/^[+-]?\d+$/.test(text)) return null
  const number = Number(text)
  // Not -0, which prints as 0 but is not equal to it everywhere.
  if (Number.isSafeInteger(number)) return number + 0
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text)
  return value >= MIN_INT64 && value <= MAX_INT64 ? value : null
}

/** For JSON, whose readers round numbers past 2^53: such values become strings of digits. */
export const int64Json = (value: Int64): number | string =>
  typeof value === 'number' ? value : String(value)

/** Reads 8 bytes, big-endian. */
export function readInt64(buffer: Buffer, at: number): Int64 {
  const value = buffer.readInt32BE(at) * 0x1_0000_0000 + buffer.readUInt32BE(at + 4)
  // The sum rounds, but never into the safe range.
  return Number.isSafeInteger(value) ? value : buffer.readBigInt64BE(at)
}

/** Writes 8 bytes, big-endian; throws RangeError for a number that is not a safe integer. */
export function writeInt64(buffer: Buffer, at: number, value: Int64): void {
  if (typeof value === 'bigint') {
    buffer.writeBigInt64BE(value, at)
    return
  }
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a safe integer`)
  const low = value >>> 0
  buffer.writeInt32BE((value - low) / 0x1_0000_0000, at)
  buffer.writeUInt32BE(low, at + 4)
}
