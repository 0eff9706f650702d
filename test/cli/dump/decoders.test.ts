import { expect, test } from 'vitest'
import * as decoders from '../../../src/cli/dump/decoders.ts'
import type { RecordEvent } from '../../../src/cli/dump/dump-event.ts'
import { dumpText } from '../../../src/cli/dump/dump-text.ts'
import { remoteLogText } from '../../../src/cli/dump/remote-log-text.ts'
import { safeJsonText } from '../../../src/cli/records/exact-json.ts'

const RECORD_EVENT: RecordEvent = {
  type: 'record',
  offset: 5,
  timestampType: 'CreateTime',
  timestamp: 0,
  keySize: 5,
  valueSize: 17,
  sequence: 0,
  headerKeys: [],
}

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const decode = (decoder: decoders.Decode, key: string | null, value: string | null) =>
  decoder({
    offset: 5,
    timestamp: 0,
    sequence: -1,
    key: key === null ? null : bytes(key),
    value: value === null ? null : bytes(value),
    headers: [],
  })

test('a metadata record is shown by the name of its type', () => {
  expect(
    decode(decoders.decodeClusterMetadata, null, '01 0c 00 0e 67726f75702e76657273696f6e 0001 00'),
  ).toEqual({
    payload: { type: 'FEATURE_LEVEL_RECORD', version: 0, data: { name: 'group.version', featureLevel: 1 } },
  })
})

test.each([
  ['', 'Error at 5, skipping. '],
  ['01 7f 00', 'Error at 5, skipping. Unknown metadata id 127'],
  ['02 0c 00', 'Error at 5, skipping. Could not deserialize metadata record due to unknown frame version 2'],
])('the metadata record %j is told of, not thrown', (value, message) => {
  expect(decode(decoders.decodeClusterMetadata, null, value).payload).toContain(message)
})

test('a deleted group is told of', () => {
  expect(decode(decoders.decodeOffsets, '0002 0001 67', null)).toEqual({
    key: { type: '2', data: { group: 'g' } },
    payload: '<DELETE>',
  })
})

const MEMBERS = (subscription: string): string =>
  `0003 0008 636f6e73756d6572 00000001 ffff ffff 0000000000000000 00000001 0001 6d ffff 0001 63 0001 68 00000000 00000000 ${subscription} 00000000`

test('what members of a consumer group subscribed to is unfolded where it can be read', () => {
  const readable = decode(
    decoders.decodeOffsets,
    '0002 0001 67',
    MEMBERS('0000000d 0000 00000001 0001 74 ffffffff'),
  )
  expect(readable.payload).toMatchObject({
    data: { members: [{ subscription: { topics: ['t'], userData: null }, assignment: '' }] },
  })
  const other = decode(decoders.decodeOffsets, '0002 0001 67', MEMBERS('00000002 ffff'))
  expect(other.payload).toMatchObject({ data: { members: [{ subscription: '//8=' }] } })
})

test('what a coordinator did not write is told of, and a record without a key is refused', () => {
  expect(decode(decoders.decodeTransactionLog, '0009', null).key).toBe(
    'Unknown record type 9 at offset 5, skipping.',
  )
  expect(decode(decoders.decodeOffsets, '0001 00', null).key).toContain('Error at offset 5, skipping. ')
  expect(() => decode(decoders.decodeOffsets, null, null)).toThrow(
    'Failed to decode message at offset 5 using the specified decoder (message had a missing key)',
  )
})

test('a hash keeps all its digits', () => {
  // A record that Apache Kafka 4.3.1 wrote.
  const { payload } = decode(
    decoders.decodeOffsets,
    '0003 0003 677265',
    '0000 00000002 01 00 08 643cdb656dd01780',
  )
  expect(dumpText({ ...RECORD_EVENT, payload: payload! }, true)).toBe(
    '| payload: {"version":"0","data":{"epoch":2,"metadataHash":7222889131075966848}}\n',
  )
  expect(safeJsonText(payload!)).toContain('"metadataHash":"7222889131075966848"')
})

test('byte decoders by their Java names', () => {
  const show = (name: string, hex: string, isLossless = false) =>
    decoders.byteDecoder(name, isLossless)!(bytes(hex))
  expect(show('org.apache.kafka.tools.api.StringDecoder', '6869')).toBe('hi')
  expect(show('kafka.serializer.DefaultDecoder', 'ff', true)).toEqual({ base64: '/w==' })
  expect(show('org.apache.kafka.tools.api.IntegerDecoder', 'ffffffff')).toBe('-1')
  expect(show('LongDecoder', '7fffffffffffffff')).toBe('9223372036854775807')
  expect(decoders.byteDecoder('no.such.Decoder', false)).toBeNull()
})

// Bytes and text from Kafka's own RemoteLogMetadataSerde.
const ID = 'RemoteLogSegmentId{topicIdPartition=9-47zx-XQ1uPI6dYmJgvuA:orders-3, id=KuMhq1IXThCJN5ifzLB3tg}'
test.each([
  [
    '010000076f7264657273f7ee3bcf1f97435b8f23a75898982fb800000003002ae321ab52174e108937989fccb077b60000000000000000000000000000000064000000010000018bcfe568000000018bcfe5680103000000000000000000000000000000000200000000000000320000000400000000',
    `RemoteLogSegmentMetadata{remoteLogSegmentId=${ID}, startOffset=0, endOffset=100, brokerId=1, maxTimestampMs=1700000000000, eventTimestampMs=1700000000001, segmentLeaderEpochs={0=0, 2=50}, segmentSizeInBytes=1024, customMetadata=Optional.empty, state=COPY_SEGMENT_STARTED, txnIdxEmpty=false}`,
  ],
  [
    '010000076f7264657273f7ee3bcf1f97435b8f23a75898982fb800000003002ae321ab52174e108937989fccb077b60000000000000000000000000000000064000000010000018bcfe568000000018bcfe56801020000000000000000000000000000000400040102fd0101000101',
    `RemoteLogSegmentMetadata{remoteLogSegmentId=${ID}, startOffset=0, endOffset=100, brokerId=1, maxTimestampMs=1700000000000, eventTimestampMs=1700000000001, segmentLeaderEpochs={0=0}, segmentSizeInBytes=1024, customMetadata=Optional[CustomMetadata{3 bytes}], state=COPY_SEGMENT_FINISHED, txnIdxEmpty=true}`,
  ],
  [
    '010100076f7264657273f7ee3bcf1f97435b8f23a75898982fb800000003002ae321ab52174e108937989fccb077b600000000020000018bcfe5680202070300',
    `RemoteLogSegmentMetadataUpdate{remoteLogSegmentId=${ID}, customMetadata=Optional[CustomMetadata{1 bytes}], state=DELETE_SEGMENT_FINISHED, eventTimestampMs=1700000000002, brokerId=2}`,
  ],
  [
    '010200076f7264657273f7ee3bcf1f97435b8f23a75898982fb80000000300000000050000018bcfe568030000',
    'RemotePartitionDeleteMetadata{topicPartition=9-47zx-XQ1uPI6dYmJgvuA:orders-3, state=DELETE_PARTITION_MARKED, eventTimestampMs=1700000000003, brokerId=5}',
  ],
  [
    '0103002ae321ab52174e108937989fccb077b600000000000000000000000000000064000000010000018bcfe568000000018bcfe56801020000000000000000000000000000000400000101000101',
    'RemoteLogSegmentMetadataSnapshot{segmentId=KuMhq1IXThCJN5ifzLB3tg, startOffset=0, endOffset=100, maxTimestampMs=1700000000000, segmentLeaderEpochs={0=0}, segmentSizeInBytes=1024, customMetadata=Optional.empty, state=COPY_SEGMENT_FINISHED, txnIdxEmpty=true}',
  ],
])('a record of tiered storage is shown as in Kafka (%#)', (hex, text) => {
  expect(remoteLogText(bytes(hex))).toBe(text)
})
