import { quoted } from './printable.ts'

/** The id that means "none" on the wire. */
export const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA'

/** The 16 bytes at `offset` as Kafka writes ids: base64url without padding (org.apache.kafka.common.Uuid). */
export function formatUuid(buffer: Buffer, offset: number): string {
  return buffer.toString('base64url', offset, offset + 16)
}

/** Writes the text form of an id as 16 bytes; throws RangeError when `text` is not one. */
export function writeUuid(text: string, buffer: Buffer, offset: number): void {
  if (text.length !== 22 || buffer.write(text, offset, 16, 'base64url') !== 16) {
    throw new RangeError(`${quoted(text)} is not an id of 22 base64url characters`)
  }
}

/** Whether `text` is the text form of an id, in the one spelling that formatUuid gives. */
export function isUuid(text: string): boolean {
  const bytes = Buffer.from(text, 'base64url')
  return text.length === 22 && bytes.length === 16 && formatUuid(bytes, 0) === text
}

/** A new id from 16 random bytes: version 4, never a reserved one, never starting with a dash. */
export function randomUuid(randomBytes: (size: number) => Buffer): string {
  for (;;) {
    const bytes = randomBytes(16)
    bytes[6] = (bytes[6]! & 0x0f) | 0x40
    bytes[8] = (bytes[8]! & 0x3f) | 0x80
    const text = formatUuid(bytes, 0)
    if (!text.startsWith('-')) return text
  }
}
