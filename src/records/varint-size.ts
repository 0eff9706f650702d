/** Bytes of a zigzag-coded number of 32 bits. */
export function varintSize(value: number): number {
  const raw = ((value << 1) ^ (value >> 31)) >>> 0
  if (raw < 0x80) return 1
  if (raw < 0x4000) return 2
  if (raw < 0x20_0000) return 3
  return raw < 0x1000_0000 ? 4 : 5
}

/** As varintSize, for any safe integer. */
export function varlongSize(value: number): number {
  if (value < 0x4000_0000 && value >= -0x4000_0000) return varintSize(value)
  let raw = value < 0 ? -(value + 1) * 2 + 1 : value * 2
  let size = 1
  for (; raw >= 0x80; size++) raw = Math.floor(raw / 128)
  return size
}
