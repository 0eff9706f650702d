import { expect, test } from 'vitest'
import { ByteOutput } from '../../../src/cli/records/byte-output.ts'
import type { ConsumedRecord } from '../../../src/cli/records/formatter.ts'
import { formatterOf } from '../../../src/cli/records/formatters.ts'

// Records that Apache Kafka 4.3.1 wrote to its internal topics.
const OFFSET_KEY = '0001 000167 000174 00000003'
const OFFSET_VALUE =
  '0004 0000000000000002 00000000 01 0000018bcfe56800 01 00 10 f7ee3bcf1fd0435b8f23a758998260be'.replaceAll(
    ' ',
    '',
  )
const GROUP_KEY = '0002 000167'
const GROUP_VALUE = '0003 0000 00000002 ffff ffff 0000018bcfe56800 00000000'
const TRANSACTION_KEY = '0000 0002 7478'
const TRANSACTION_VALUE =
  '0001 0000000000000004 0001 0000ea60 01 02 0274 02 00000000 00 0000018bcfe56800 0000018bcfe56800 00'

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex')

async function format(
  formatter: string,
  key: string | null,
  value: string | null,
  log: string[] = [],
): Promise<string> {
  const record: ConsumedRecord = {
    topic: 't',
    partition: 0,
    offset: 7,
    timestamp: 5,
    timestampType: 'CreateTime',
    key: key === null ? null : bytes(key),
    value: value === null ? null : bytes(value),
    headers: [],
  }
  const written: string[] = []
  const output = new ByteOutput((piece) => written.push(piece.toString()))
  const made = await formatterOf(formatter, new Map(), (line) => log.push(line))
  made.write(record, output)
  output.flush()
  return written.join('')
}

test('an offset commit is JSON, without a newline', async () => {
  expect(
    await format('org.apache.kafka.tools.consumer.OffsetsMessageFormatter', OFFSET_KEY, OFFSET_VALUE),
  ).toBe(
    '{"key":{"type":1,"data":{"group":"g","topic":"t","partition":3}},' +
      '"value":{"version":4,"data":{"offset":2,"leaderEpoch":0,"metadata":"","commitTimestamp":1700000000000,' +
      '"topicId":"9-47zx_QQ1uPI6dYmYJgvg"}}}',
  )
})

test('a deleted offset has a value of null', async () => {
  expect(await format('OffsetsMessageFormatter', OFFSET_KEY, null)).toContain('"value":null}')
})

test('each formatter prints its own types and nothing of others', async () => {
  expect(await format('GroupMetadataMessageFormatter', GROUP_KEY, GROUP_VALUE)).toBe(
    '{"key":{"type":2,"data":{"group":"g"}},"value":{"version":3,"data":{"protocolType":"","generation":2,' +
      '"protocol":null,"leader":null,"currentStateTimestamp":1700000000000,"members":[]}}}',
  )
  expect(await format('GroupMetadataMessageFormatter', OFFSET_KEY, OFFSET_VALUE)).toBe('')
  expect(await format('OffsetsMessageFormatter', '7fff', null)).toBe('')
  expect(await format('OffsetsMessageFormatter', null, '00')).toBe('')
})

test('fields that a transaction did not set are left out', async () => {
  const text = await format('TransactionLogMessageFormatter', TRANSACTION_KEY, TRANSACTION_VALUE)
  expect(text).toContain('"transactionPartitions":[{"topic":"t","partitionIds":[0]}]')
  expect(text).not.toContain('ProducerEpoch')
})

test('a record that cannot be read says which', async () => {
  await expect(format('OffsetsMessageFormatter', OFFSET_KEY, '0004 00')).rejects.toThrow(
    'Could not read record at offset 7 due to: ',
  )
})

test('the logging formatter prints the value and tells of the record aside', async () => {
  const log: string[] = []
  expect(await format('LoggingMessageFormatter', null, '76', log)).toBe('v\n')
  expect(log).toEqual(['CreateTime:5, key:null, value:v'])
  expect(await format('org.apache.kafka.tools.consumer.NoOpMessageFormatter', null, '76')).toBe('')
})

test('an unknown formatter is refused by name', async () => {
  await expect(format('no.such.Formatter', null, null)).rejects.toThrow(
    "'no.such.Formatter' is not a formatter",
  )
})
