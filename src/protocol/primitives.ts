// What generated encoders and decoders call for values with a length. "Compact" forms, of flexible versions, write
// the length plus one as an unsigned varint and zero for null.
import { MalformedError, type Reader } from '../bytes/reader.ts'
import { type Part, utf8Length, type Writer } from '../bytes/writer.ts'

/** A value that the chosen version cannot carry; the message names the field. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError'
}

export function cannotBeNull(path: string): never {
  throw new EncodeError(`${path} must not be null`)
}

export function notInVersion(path: string, version: number): never {
  throw new EncodeError(`version ${version} cannot carry ${path}`)
}

export function isMissing(path: string): never {
  throw new EncodeError(`${path} is missing`)
}

const MAX_STRING_BYTES = 0x7fff

function stringLength(value: string, path: string): number {
  const length = utf8Length(value)
  if (length > MAX_STRING_BYTES) throw new EncodeError(`${path} is longer than ${MAX_STRING_BYTES} bytes`)
  return length
}

export function writeString(writer: Writer, value: string, path: string): void {
  const length = stringLength(value, path)
  writer.int16(length)
  writer.utf8(value, length)
}

export function writeCompactString(writer: Writer, value: string, path: string): void {
  const length = stringLength(value, path)
  writer.uvarint(length + 1)
  writer.utf8(value, length)
}

export function writeBytes(writer: Writer, value: Buffer): void {
  writer.int32(value.length)
  writer.bytes(value)
}

export function writeCompactBytes(writer: Writer, value: Buffer): void {
  writer.uvarint(value.length + 1)
  writer.bytes(value)
}

export function writeRecords(writer: Writer, value: Part): void {
  writer.int32(value.length)
  writer.view(value)
}

export function writeCompactRecords(writer: Writer, value: Part): void {
  writer.uvarint(value.length + 1)
  writer.view(value)
}

/** The text, or null. */
export function readString(reader: Reader): string | null {
  // As in Kafka, any negative length stands for null.
  const length = reader.int16()
  return length < 0 ? null : reader.utf8(length)
}

export function readCompactString(reader: Reader): string | null {
  const length = reader.uvarint() - 1
  if (length > MAX_STRING_BYTES) {
    throw new MalformedError(`a string of ${length} bytes before ${reader.offset}`)
  }
  return length < 0 ? null : reader.utf8(length)
}

export function readBytes(reader: Reader): Buffer | null {
  const length = reader.int32()
  return length < 0 ? null : reader.view(length)
}

export function readCompactBytes(reader: Reader): Buffer | null {
  const length = reader.uvarint() - 1
  return length < 0 ? null : reader.view(length)
}

// Each element takes at least one byte, so a count beyond the bytes left is a lie: refuse before allocating.
function checkCount(reader: Reader, count: number): number {
  if (count > reader.remaining) {
    throw new MalformedError(
      `${count} elements announced at ${reader.offset}, only ${reader.remaining} bytes left`,
    )
  }
  return count
}

/** How many elements follow; -1 for null. */
export function readCount(reader: Reader): number {
  return checkCount(reader, Math.max(-1, reader.int32()))
}

export function readCompactCount(reader: Reader): number {
  return checkCount(reader, reader.uvarint() - 1)
}

/** Whether a nullable struct follows. */
export function readPresence(reader: Reader): boolean {
  return reader.int8() >= 0
}

/** Whether a nullable struct follows in a tagged section, where the mark is a varint and zero stands for null. */
export function readTaggedPresence(reader: Reader): boolean {
  return reader.uvarint() > 0
}

export function unexpectedNull(path: string): never {
  throw new MalformedError(`${path} must not be null`)
}

/** Throws unless a tagged field took exactly the bytes it announced. */
export function checkTagEnd(reader: Reader, end: number, path: string): void {
  if (reader.offset !== end) throw new MalformedError(`${path} does not end where its tag says`)
}
