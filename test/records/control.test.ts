import { expect, test } from 'vitest'
import { Reader } from '../../src/bytes/reader.ts'
import { codec } from '../../src/protocol/compile.ts'
import {
  KRaftVersionRecord,
  LeaderChangeMessage,
  SnapshotFooterRecord,
  SnapshotHeaderRecord,
  VotersRecord,
} from '../../src/protocol/messages/stored-control.ts'
import {
  buildControlBatch,
  buildEndTxnMarker,
  controlKey,
  controlType,
  readEndTxnMarker,
} from '../../src/records/control.ts'
import { readRecords } from '../../src/records/record.ts'
import { readGolden } from './golden.ts'

const NOW = 1_700_000_000_000

test.each(['COMMIT', 'ABORT'] as const)('a %s marker has the very bytes that Java writes', (type) => {
  const marker = {
    type,
    producerId: 9000,
    producerEpoch: 3,
    coordinatorEpoch: 11,
    timestampMs: NOW,
    leaderEpoch: 4,
  }
  const batch = buildEndTxnMarker(marker)
  batch.writeBigInt64BE(30n, 0)
  expect(batch.toString('hex')).toBe(readGolden(`java-${type.toLowerCase()}`).toString('hex'))
})

test.each(['COMMIT', 'ABORT'] as const)('a %s marker of Java is understood', (type) => {
  const record = readRecords(readGolden(`java-${type.toLowerCase()}`))[0]!
  expect(controlType(record.key)).toBe(type)
  expect(readEndTxnMarker(record.value)).toEqual({ coordinatorEpoch: 11 })
})

const DIRECTORY = 'AQIDBAUGBwgJCgsMDQ4PEA'

const KRAFT = {
  'java-leader-change': () =>
    buildControlBatch(
      'LEADER_CHANGE',
      LeaderChangeMessage.message,
      0,
      { version: 0, leaderId: 1, voters: [{ voterId: 1 }], grantingVoters: [{ voterId: 1 }] },
      NOW,
      { baseOffset: 8, leaderEpoch: 2 },
    ),
  'java-snapshot-header': () =>
    buildControlBatch(
      'SNAPSHOT_HEADER',
      SnapshotHeaderRecord.message,
      0,
      { version: 0, lastContainedLogTimestamp: NOW - 1 },
      NOW,
      { baseOffset: 0, leaderEpoch: 2 },
    ),
  'java-snapshot-footer': () =>
    buildControlBatch('SNAPSHOT_FOOTER', SnapshotFooterRecord.message, 0, { version: 0 }, NOW, {
      baseOffset: 3,
      leaderEpoch: 2,
    }),
  'java-kraft-version': () =>
    buildControlBatch('KRAFT_VERSION', KRaftVersionRecord.message, 0, { version: 0, kRaftVersion: 1 }, NOW, {
      baseOffset: 1,
      leaderEpoch: 2,
    }),
  'java-voters': () =>
    buildControlBatch(
      'KRAFT_VOTERS',
      VotersRecord.message,
      0,
      {
        version: 0,
        voters: [
          {
            voterId: 1,
            voterDirectoryId: DIRECTORY,
            endpoints: [{ name: 'CONTROLLER', host: 'localhost', port: 9093 }],
            kRaftVersionFeature: { minSupportedVersion: 0, maxSupportedVersion: 1 },
          },
        ],
      },
      NOW,
      { baseOffset: 2, leaderEpoch: 2 },
    ),
}

test.each(Object.entries(KRAFT))(
  'the control batch of %s has the very bytes that Java writes',
  (name, build) => {
    expect(build().toString('hex')).toBe(readGolden(name).toString('hex'))
  },
)

test('a leader change of Java is understood', () => {
  const record = readRecords(readGolden('java-leader-change'))[0]!
  expect(controlType(record.key)).toBe('LEADER_CHANGE')
  const { leaderId, voters } = codec(LeaderChangeMessage.message, 0).decode(new Reader(record.value!))
  expect([leaderId, voters.map(({ voterId }) => voterId)]).toEqual([1, [1]])
})

test('a type of a later Kafka is UNKNOWN, and a key that is none is BATCH_CORRUPT', () => {
  const key = controlKey('COMMIT')
  key.writeInt16BE(99, 2)
  expect(controlType(key)).toBe('UNKNOWN')
  const corrupt = expect.objectContaining({ code: 'BATCH_CORRUPT' })
  expect(() => controlType(null)).toThrow(corrupt)
  expect(() => controlType(key.subarray(0, 3))).toThrow(corrupt)
  expect(() => readEndTxnMarker(null)).toThrow(corrupt)
  expect(() => readEndTxnMarker(Buffer.from('ffff00000000', 'hex'))).toThrow(corrupt)
  expect(() => readEndTxnMarker(Buffer.from('000000', 'hex'))).toThrow(corrupt)
})

test('a marker of a later version is read as far as it is known', () => {
  expect(readEndTxnMarker(Buffer.from('00010000000baabb', 'hex'))).toEqual({ coordinatorEpoch: 11 })
})
