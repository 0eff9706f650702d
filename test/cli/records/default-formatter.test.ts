import { expect, test } from 'vitest'
import { ByteOutput } from '../../../src/cli/records/byte-output.ts'
import { DefaultFormatter } from '../../../src/cli/records/default-formatter.ts'
import type { ConsumedRecord } from '../../../src/cli/records/formatter.ts'

const RECORD: ConsumedRecord = {
  topic: 'orders',
  partition: 3,
  offset: 42,
  timestamp: 1700000000000,
  timestampType: 'CreateTime',
  key: Buffer.from('k'),
  value: Buffer.from('v'),
  headers: [
    ['h1', Buffer.from('a')],
    ['h2', null],
  ],
}

function format(properties: Record<string, string>, record: Partial<ConsumedRecord> = {}): string {
  const written: Buffer[] = []
  const output = new ByteOutput((bytes) => written.push(Buffer.from(bytes)))
  const formatter = new DefaultFormatter(new Map(Object.entries(properties)))
  formatter.write({ ...RECORD, ...record }, output)
  output.flush()
  return Buffer.concat(written).toString('latin1')
}

const print = (...columns: string[]): Record<string, string> =>
  Object.fromEntries(columns.map((column) => [`print.${column}`, 'true']))
const LONG = 'org.apache.kafka.common.serialization.LongDeserializer'

test.each<[Record<string, string>, Partial<ConsumedRecord>, string]>([
  [{}, {}, 'v\n'],
  [{}, { value: null }, 'null\n'],
  [{}, { value: Buffer.from([0xff, 0]) }, '\xff\0\n'],
  [{ 'line.separator': ';\n' }, {}, 'v;\n'],
  [print('key'), {}, 'k\tv\n'],
  [{ ...print('key'), 'key.separator': '|', 'null.literal': '-' }, { key: null }, '-|v\n'],
  [{ ...print('offset'), 'print.value': 'false' }, {}, 'Offset:42\n'],
  [{ ...print('key'), 'print.value': 'no' }, {}, 'k\n'],
  [{ 'print.value': 'false' }, {}, ''],
  [print('headers'), {}, 'h1:a,h2:null\tv\n'],
  [{ ...print('headers'), 'headers.separator': ';' }, {}, 'h1:a;h2:null\tv\n'],
  [print('headers'), { headers: [] }, 'NO_HEADERS\tv\n'],
  [print('timestamp'), { timestampType: 'LogAppendTime' }, 'LogAppendTime:1700000000000\tv\n'],
  [print('timestamp'), { timestamp: -1 }, 'CreateTime:-1\tv\n'],
  [
    print('timestamp', 'partition', 'offset', 'headers', 'key', 'delivery', 'epoch'),
    {},
    'CreateTime:1700000000000\tPartition:3\tOffset:42\tDelivery:NOT_PRESENT\tEpoch:NOT_PRESENT\th1:a,h2:null\tk\tv\n',
  ],
  [{ 'value.deserializer': LONG }, { value: Buffer.from('12345678') }, '3544952156018063160\n'],
  [{ 'value.deserializer': LONG }, { value: null }, 'null\n'],
])('with %j a record reads as Kafka prints it (%#)', (properties, record, expected) => {
  expect(format(properties, record)).toBe(expected)
})

test('a value that cannot be deserialized leaves no half line', () => {
  expect(() => format({ ...print('key'), 'value.deserializer': LONG })).toThrow(
    'Size of data received by LongDeserializer is not 8',
  )
})

test('an unknown deserializer is refused by name', () => {
  expect(() => format({ 'key.deserializer': 'no.such.Class' })).toThrow(
    "key.deserializer: 'no.such.Class' is not one of",
  )
})

test('only a formatter of bare values lets keys and headers go undecoded', () => {
  const valueOnly = (properties: Record<string, string>): boolean =>
    new DefaultFormatter(new Map(Object.entries(properties))).valueOnly !== undefined
  expect(valueOnly({ 'line.separator': '' })).toBe(true)
  expect(valueOnly(print('key'))).toBe(false)
  expect(valueOnly({ 'value.deserializer': LONG })).toBe(false)
})
