// The deserializers of org.apache.kafka.common.serialization, as far as a person can name them on a command line:
// each turns bytes into the text that Java's toString gives for the value.

import { javaDouble, javaFloat } from '../java/double.ts'

/** Bytes that are not what the deserializer expects; name and message are Kafka's. */
export class DeserializeError extends Error {
  override readonly name = 'SerializationException'
}

/** The text of a value, as bytes for output. `bytes` is never null: null is printed as the null literal. */
export type Deserializer = (bytes: Buffer) => Buffer

const PACKAGE = 'org.apache.kafka.common.serialization.'

const utf8 = (text: string): Buffer => Buffer.from(text)

function ofSize(name: string, size: number, read: (bytes: Buffer) => string): Deserializer {
  return (bytes) => {
    if (bytes.length !== size) {
      throw new DeserializeError(`Size of data received by ${name} is not ${size}`)
    }
    return utf8(read(bytes))
  }
}

function boolean(bytes: Buffer): string {
  if (bytes[0] === 1) return 'true'
  if (bytes[0] === 0) return 'false'
  throw new DeserializeError(`Unexpected byte received by BooleanDeserializer: ${bytes.readInt8(0)}`)
}

// org.apache.kafka.common.utils.Bytes.toString
function escaped(bytes: Buffer): Buffer {
  const parts = Array.from(bytes, (byte) => {
    if (byte === 0x5c) return '\\\\'
    return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${hex(byte)}`
  })
  return utf8(parts.join(''))
}
const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0')

const DECODERS: Record<string, string> = {
  utf8: 'utf8',
  utf16: 'utf-16be',
  utf16be: 'utf-16be',
  utf16le: 'utf-16le',
  usascii: 'latin1',
  iso88591: 'latin1',
}

// Bytes of the encoding they are printed in are passed on: decoding would lose what is not UTF-8.
function string(encoding: string): Deserializer {
  const decoder = DECODERS[encoding.toLowerCase().replace(/[^a-z0-9]/g, '')]
  if (decoder === undefined) throw new DeserializeError(`StringDeserializer: unknown encoding '${encoding}'`)
  if (decoder === 'utf8') return (bytes) => bytes
  const text = new TextDecoder(decoder)
  return (bytes) => utf8(text.decode(bytes))
}

function uuid(bytes: Buffer): Buffer {
  const text = bytes.toString('utf8')
  if (!/^[0-9a-f]{1,8}(-[0-9a-f]{1,4}){3}-[0-9a-f]{1,12}$/i.test(text)) {
    throw new DeserializeError('Error parsing data into UUID')
  }
  const widths = [8, 4, 4, 4, 12]
  return utf8(
    text
      .toLowerCase()
      .split('-')
      .map((part, index) => part.padStart(widths[index]!, '0'))
      .join('-'),
  )
}

type Settings = ReadonlyMap<string, string>
const MAKERS: Record<string, (settings: Settings, kind: string) => Deserializer> = {
  // Differs: Java prints the address of the array here, `[B@1b0375b3`; the bytes are of more use.
  ByteArrayDeserializer: () => (bytes) => bytes,
  ByteBufferDeserializer: () => (bytes) => bytes,
  BytesDeserializer: () => escaped,
  StringDeserializer: (settings, kind) =>
    string(settings.get(`${kind}.deserializer.encoding`) ?? settings.get('deserializer.encoding') ?? 'UTF-8'),
  ShortDeserializer: () => ofSize('ShortDeserializer', 2, (bytes) => String(bytes.readInt16BE())),
  IntegerDeserializer: () => ofSize('IntegerDeserializer', 4, (bytes) => String(bytes.readInt32BE())),
  LongDeserializer: () => ofSize('LongDeserializer', 8, (bytes) => String(bytes.readBigInt64BE())),
  FloatDeserializer: () => ofSize('Deserializer', 4, (bytes) => javaFloat(bytes.readFloatBE())),
  DoubleDeserializer: () => ofSize('Deserializer', 8, (bytes) => javaDouble(bytes.readDoubleBE())),
  BooleanDeserializer: () => ofSize('BooleanDeserializer', 1, boolean),
  UUIDDeserializer: () => uuid,
}

/** Names that ktool knows, for help and messages. */
export const DESERIALIZER_NAMES = Object.keys(MAKERS).map((name) => PACKAGE + name)

/**
 * The deserializer of a Java class name, or null when ktool has none of that name. `settings` are those given with
 * the prefix of the deserializer; `kind` is key, value or headers.
 */
export function deserializerOf(className: string, settings: Settings, kind: string): Deserializer | null {
  const name = className.startsWith(PACKAGE) ? className.slice(PACKAGE.length) : className
  return Object.hasOwn(MAKERS, name) ? MAKERS[name]!(settings, kind) : null
}
