import { expect, test } from 'vitest'
import { deserializerOf } from '../../../src/cli/records/deserializers.ts'

const show = (name: string, bytes: number[] | string, settings: Record<string, string> = {}): string =>
  deserializerOf(name, new Map(Object.entries(settings)), 'value')!(Buffer.from(bytes as string)).toString()

test.each<[string, number[] | string, string]>([
  ['org.apache.kafka.common.serialization.StringDeserializer', 'grüße', 'grüße'],
  ['ByteArrayDeserializer', 'raw', 'raw'],
  ['BytesDeserializer', [0x61, 0x5c, 0x0a, 0xff], 'a\\\\\\x0A\\xFF'],
  ['ShortDeserializer', [0xff, 0xfe], '-2'],
  ['IntegerDeserializer', 'abcd', '1633837924'],
  ['LongDeserializer', [0x7f, 255, 255, 255, 255, 255, 255, 255], '9223372036854775807'],
  ['FloatDeserializer', [0x3d, 0xcc, 0xcc, 0xcd], '0.1'],
  ['DoubleDeserializer', [0x40, 0x09, 0x21, 0xfb, 0x54, 0x44, 0x2d, 0x18], '3.141592653589793'],
  ['BooleanDeserializer', [1], 'true'],
  ['UUIDDeserializer', '1-2-3-4-5', '00000001-0002-0003-0004-000000000005'],
])('%s shows %j as %s', (name, bytes, expected) => {
  expect(show(name, bytes)).toBe(expected)
})

test.each<[string, number[] | string, string]>([
  ['IntegerDeserializer', 'abc', 'Size of data received by IntegerDeserializer is not 4'],
  ['DoubleDeserializer', 'abc', 'Size of data received by Deserializer is not 8'],
  ['BooleanDeserializer', [2], 'Unexpected byte received by BooleanDeserializer: 2'],
  ['UUIDDeserializer', 'x', 'Error parsing data into UUID'],
])('%s refuses %j', (name, bytes, message) => {
  expect(() => show(name, bytes)).toThrow(message)
})

test('a string in another encoding is printed in UTF-8', () => {
  const latin1 = { 'value.deserializer.encoding': 'ISO-8859-1' }
  expect(show('StringDeserializer', [0xfc], latin1)).toBe('ü')
  expect(() => show('StringDeserializer', 'x', { 'deserializer.encoding': 'klingon' })).toThrow(
    "unknown encoding 'klingon'",
  )
})
