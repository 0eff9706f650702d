import { loadNative } from './native.ts'
import { portableCrc32c } from './portable-crc32c.ts'

/** CRC-32C (Castagnoli) of the bytes, as an unsigned number. */
export const crc32c: (bytes: Uint8Array) => number =
  loadNative<typeof import('@node-rs/crc32')>('@node-rs/crc32')?.crc32c ?? portableCrc32c
