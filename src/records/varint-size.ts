import type { Int64 } from '../bytes/int64.ts'

/** Bytes of a zigzag-coded number of 32 bits. */
export function varintSize(value: number): number {
  const raw = ((value << 1) ^ (value >> 31)) >>> 0
  if (raw < 0x80) return 1
  if (raw < 0x4000) return 2
  if (raw < 0x20_0000) return 3
  return raw < 0x1000_0000 ? 4 : 5
}

/** Whether the value can be zigzag-coded in 32 bits. */
export const isNarrow = (value: Int64): value is number =>
  typeof value === 'number' && value < 0x4000_0000 && value >= -0x4000_0000

/** Small values of either sign as small positive ones. */
export function zigzag(value: Int64): bigint {
  const wide = BigInt(value)
  return BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n))
}

/** As varintSize, for 64 bits. */
export function varlongSize(value: Int64): number {
  if (isNarrow(value)) return varintSize(value)
  let size = 1
  for (let raw = zigzag(value); raw >= 0x80n; raw >>= 7n) size++
  return size
}
