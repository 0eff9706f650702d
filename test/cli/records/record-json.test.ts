import { expect, test } from 'vitest'
import { MAX_INT64, MIN_INT64 } from '../../../src/bytes/int64.ts'
import { ByteOutput } from '../../../src/cli/records/byte-output.ts'
import type { ConsumedRecord } from '../../../src/cli/records/formatter.ts'
import { JsonFormatter, parseRecordJson } from '../../../src/cli/records/record-json.ts'
import { readName } from '../../../src/records/header-name.ts'

const RECORD: ConsumedRecord = {
  topic: 'orders',
  partition: 1,
  offset: 7,
  timestamp: 5,
  timestampType: 'CreateTime',
  headers: [
    ['h', Buffer.from('grüße')],
    ['h', null],
    ['', Buffer.from([0xff])],
  ],
  key: Buffer.from('k"\n'),
  value: Buffer.from([0, 0xfe]),
}

function write(isDocument: boolean, ...records: ConsumedRecord[]): string {
  const pieces: string[] = []
  const output = new ByteOutput((bytes) => pieces.push(bytes.toString()))
  const formatter = new JsonFormatter(isDocument)
  for (const record of records) formatter.write(record, output)
  formatter.end(output)
  output.flush()
  return pieces.join('')
}

test('a record is one line of JSON, with its bytes whole', () => {
  expect(write(false, RECORD)).toBe(
    '{"topic":"orders","partition":1,"offset":7,"timestamp":5,"timestampType":"CreateTime",' +
      '"headers":[["h","grüße"],["h",null],["",{"base64":"/w=="}]],"key":"k\\"\\n","value":{"base64":"AP4="}}\n',
  )
})

test('a document is an array, also without records', () => {
  expect(JSON.parse(write(true, RECORD, RECORD))).toHaveLength(2)
  expect(JSON.parse(write(true))).toEqual([])
})

test('what was written is read back as it was', () => {
  const { topic, partition, timestamp, headers, key, value } = RECORD
  expect(parseRecordJson(Buffer.from(write(false, RECORD)), 1)).toEqual({
    topic,
    partition,
    timestamp,
    headers,
    key,
    value,
  })
  const tombstone = { ...RECORD, key: null, value: null, headers: [] }
  expect(parseRecordJson(Buffer.from(write(false, tombstone)), 1)).toMatchObject({
    key: null,
    value: null,
    headers: [],
  })
})

test('what kcat -J writes is read', () => {
  const line =
    '{"topic":"t","partition":0,"offset":1,"tstype":"create","ts":9,"broker":1,"headers":["a","1","b",null],"key":null,"payload":"v"}'
  expect(parseRecordJson(Buffer.from(line), 1)).toEqual({
    topic: 't',
    partition: 0,
    timestamp: 9,
    key: null,
    value: Buffer.from('v'),
    headers: [
      ['a', Buffer.from('1')],
      ['b', null],
    ],
  })
})

test('bytes that are not UTF-8 stay what they are, beside escapes', () => {
  const line = Buffer.from(
    '{"payload":"\xff\\u0000\\"\\\\u00e9\\u00e9\\ud83d\\ude00\xc3\xa9","key":null}',
    'latin1',
  )
  expect(parseRecordJson(line, 1).value).toEqual(
    Buffer.concat([Buffer.from([0xff, 0]), Buffer.from('"\\u00e9é😀é')]),
  )
})

test('names of headers that are not UTF-8 are kept', () => {
  const name = readName(Buffer.from([0x61, 0xff, 0xc3, 0xa9]), 0, 4)
  const line = write(false, { ...RECORD, headers: [[name, null]] })
  expect(JSON.parse(line).headers).toEqual([[{ base64: 'Yf/DqQ==' }, null]])
  expect(parseRecordJson(Buffer.from(line), 1).headers).toEqual([[name, null]])
})

test.each([
  ['nonsense', 'line 3 is not a record: '],
  ['[1]', 'it is no JSON object'],
  ['{"key":"k"}', 'it has no value; null stands for none'],
  ['{"value":7}', 'value is no text, null or {"base64":"…"}'],
  ['{"value":{"base64":"#"}}', 'value is no text'],
  ['{"value":"v","key":true}', 'key is no text'],
  ['{"value":"v","topic":""}', 'topic is no name'],
  ['{"value":"v","timestamp":"now"}', 'timestamp is not a number of milliseconds'],
  ['{"value":"v","partition":-1}', 'partition is not the number of a partition: -1'],
  ['{"value":"v","partition":1e99}', 'partition is not the number of a partition: 1e+99'],
  ['{"value":"v","partition":0.5}', 'partition is not the number of a partition: 0.5'],
  ['{"value":"v","partition":2147483648}', 'partition is not the number of a partition: 2147483648'],
  ['{"value":"v","partition":9223372036854775808}', 'partition is not the number of a partition'],
  ['{"value":"v","partition":"0"}', 'partition is not the number of a partition: "0"'],
  ['{"value":"v","partition":null}', 'partition is not the number of a partition: null'],
  ['{"value":"a","value":"b"}', "'value' is in it twice"],
  ['{"value":"a","val\\u0075e":"b"}', "'value' is in it twice"],
  ['{"key":"k","value":"\\\\","key" : "l"}', "'key' is in it twice"],
  ['{"value":{"base64":"YQ==","base64":"Yg=="}}', "'base64' is in it twice"],
  ['{"x":1,"value":"v","x":1}', "'x' is in it twice"],
  ['{"value":"a","payload":"b"}', 'it has both value and payload'],
  ['{"value":"a","timestamp":1,"ts":1}', 'it has both timestamp and ts'],
  ['{"value":"\\ud800"}', 'value is no text: it has half of a surrogate pair'],
  ['{"value":"v","headers":{}}', 'headers are no list'],
  ['{"value":"v","headers":["a"]}', 'headers are no pairs'],
  ['{"value":"v","headers":[["a"]]}', 'a header is no pair'],
  ['{"value":"v","headers":[[1,"a"]]}', 'the name of a header is no text'],
  ['{"value":"v","headers":[["a",1]]}', 'header a is no text'],
])('%s is refused: %s', (line, message) => {
  expect(() => parseRecordJson(Buffer.from(line), 3)).toThrow(message)
})

test.each([
  9_007_199_254_740_993n,
  4_611_686_018_427_387_904n,
  MAX_INT64,
  MIN_INT64,
  Number.MAX_SAFE_INTEGER,
  -5,
])('the timestamp %s is written and read back to the digit', (timestamp) => {
  const line = write(false, { ...RECORD, timestamp, offset: MAX_INT64 })
  expect(line).toContain('"offset":"9223372036854775807"')
  expect(parseRecordJson(Buffer.from(line), 1).timestamp).toBe(timestamp)
  // As a number, too: other programs write it so.
  const bare = `{"ts":${timestamp},"payload":"${'1'.repeat(30)}"}`
  expect(parseRecordJson(Buffer.from(bare), 1)).toMatchObject({
    timestamp,
    value: Buffer.from('1'.repeat(30)),
  })
})

test.each(['9223372036854775808', '1.5', '1e400', '"soon"', '""', '"1.5"', 'true', '[]', '[1]'])(
  'a timestamp of %s is refused',
  (timestamp) => {
    const line = Buffer.from(`{"value":"v","timestamp":${timestamp}}`)
    expect(() => parseRecordJson(line, 3)).toThrow(
      'line 3 is not a record: timestamp is not a number of milliseconds',
    )
  },
)

test.each([
  '{"value":"\\"key\\":1,\\"key\\":2","key":"value","topic":"key"}',
  '{"value":"{\\"a\\":{\\"a\\":1}}","headers":[["h","v"],["h","v"]]}',
  '{"value":null,"x":{"value":1},"y":[{"value":1},{"value":2}]}',
])('%s has no name twice', (line) => {
  expect(() => parseRecordJson(Buffer.from(line), 1)).not.toThrow()
})
