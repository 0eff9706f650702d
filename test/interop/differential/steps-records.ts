import { Fetch } from '../../../src/protocol/messages/fetch.ts'
import { Produce } from '../../../src/protocol/messages/produce.ts'
import { CODECS, type CodecName } from '../../../src/records/compression.ts'
import { fetchFrom, produceTo } from '../../support/partition-requests.ts'
import { altered, batch, corrupted, NOW_MS, withBaseOffset } from './batches.ts'
import { ask, type Step, topic, versionsOf } from './step.ts'

const HOUR_MS = 3_600_000

/** Versions whose answers show different things. */
const VERSIONS = [3, 7, 8, 12]

/** What becomes of records in a topic. */
const records = (name: string, bytes: Buffer, into = 'records', versions: readonly number[] = VERSIONS) =>
  ask(name, Produce, produceTo({ topic: into }, bytes), { versions })

const garbage: readonly [name: string, bytes: Buffer][] = [
  ['no bytes', Buffer.alloc(0)],
  ['a few zeros', Buffer.alloc(10)],
  ['61 zeros', Buffer.alloc(61)],
  ['61 ones', Buffer.alloc(61, 0xff)],
  ['a batch with an altered CRC', corrupted(18)],
  ['a batch with an altered value', corrupted(batch().length - 2)],
  ['a batch without its last byte', batch().subarray(0, -1)],
  ['a batch of which only the header is there', batch().subarray(0, 61)],
  ['a batch with a byte too many', Buffer.concat([batch(), Buffer.from([0])])],
  ['two batches', Buffer.concat([batch(), batch()])],
  ['a batch that begins at offset 7', withBaseOffset(7)],
  ['a batch that begins at a negative offset', withBaseOffset(-1)],
  ['a leader epoch', altered((bytes) => bytes.writeInt32BE(9, 12))],
  ['magic 0', altered((bytes) => bytes.writeInt8(0, 16))],
  ['magic 1', altered((bytes) => bytes.writeInt8(1, 16))],
  ['magic 3', altered((bytes) => bytes.writeInt8(3, 16))],
  ['a negative magic', altered((bytes) => bytes.writeInt8(-1, 16))],
  ['a batch length of 0', altered((bytes) => bytes.writeInt32BE(0, 8))],
  ['a negative batch length', altered((bytes) => bytes.writeInt32BE(-1, 8))],
  ['the flag of LogAppendTime', altered((bytes) => bytes.writeInt16BE(8, 21))],
  ['the flag of transactions', altered((bytes) => bytes.writeInt16BE(16, 21))],
  ['the flag of control batches', altered((bytes) => bytes.writeInt16BE(32, 21))],
  ['the flag of a delete horizon', altered((bytes) => bytes.writeInt16BE(64, 21))],
  ['flags nobody knows', altered((bytes) => bytes.writeInt16BE(0x7f80, 21))],
  ['a last offset too large', altered((bytes) => bytes.writeInt32BE(5, 23))],
  ['a last offset too small', altered((bytes) => bytes.writeInt32BE(0, 23))],
  ['a negative last offset', altered((bytes) => bytes.writeInt32BE(-1, 23))],
  ['a count of 0', altered((bytes) => bytes.writeInt32BE(0, 57))],
  ['a negative count', altered((bytes) => bytes.writeInt32BE(-1, 57))],
  ['a count too large', altered((bytes) => bytes.writeInt32BE(3, 57))],
  [
    'count and last offset too large',
    altered((bytes) => {
      bytes.writeInt32BE(2, 23)
      bytes.writeInt32BE(3, 57)
    }),
  ],
  [
    'count and last offset too small',
    altered((bytes) => {
      bytes.writeInt32BE(0, 23)
      bytes.writeInt32BE(1, 57)
    }),
  ],
  ['a largest timestamp that is wrong', altered((bytes) => bytes.writeBigInt64BE(5n, 35))],
  ['a negative largest timestamp', altered((bytes) => bytes.writeBigInt64BE(-5n, 35))],
  ['a record longer than the batch', altered((bytes) => bytes.writeUInt8(0x7e, 61))],
  ['a record of negative length', altered((bytes) => bytes.writeUInt8(1, 61))],
  ['attributes in a record', altered((bytes) => bytes.writeUInt8(0xff, 62))],
  ['a key longer than the record', altered((bytes) => bytes.writeUInt8(0x7e, 65))],
  ['no timestamp', batch({ timestamp: -1, values: ['a'] })],
  ['timestamp 0', batch({ timestamp: 0 })],
  ['a timestamp two hours ahead', batch({ timestamp: NOW_MS + 2 * HOUR_MS })],
  ['a timestamp half an hour ahead', batch({ timestamp: NOW_MS + HOUR_MS / 2 })],
  ['keys, headers and null values', batch({ keys: ['k', null], values: [null, 'v'] })],
  ['an empty value', batch({ values: [''] })],
  ['a producer id without sequence', batch({ producerId: 5, producerEpoch: 0 })],
  ['a producer id without epoch', batch({ producerId: 5, baseSequence: 0 })],
  ['an epoch without producer id', batch({ producerEpoch: 3, baseSequence: 0 })],
  [
    'a batch of a transaction',
    batch({ producerId: 99, producerEpoch: 0, baseSequence: 0, isTransactional: true }),
  ],
  ['a batch of a transaction without producer', batch({ isTransactional: true })],
]

const unforeseen: readonly [name: string, bytes: Buffer][] = [
  ['codec 5', altered((bytes) => bytes.writeInt16BE(5, 21))],
  ['codec 7', altered((bytes) => bytes.writeInt16BE(7, 21))],
  ['plain records that call themselves gzip', altered((bytes) => bytes.writeInt16BE(1, 21))],
  ['plain records that call themselves snappy', altered((bytes) => bytes.writeInt16BE(2, 21))],
  ['plain records that call themselves lz4', altered((bytes) => bytes.writeInt16BE(3, 21))],
  ['plain records that call themselves zstd', altered((bytes) => bytes.writeInt16BE(4, 21))],
]

const codecs = Object.keys(CODECS) as CodecName[]
const size = (bytes: number) => 'x'.repeat(bytes)

/** Topics with settings that decide about records, and the records to try. */
const obeyed: readonly [topic: string, settings: Record<string, string>, Buffer[]][] = [
  [
    'small',
    { 'max.message.bytes': '300' },
    [
      batch({ values: [size(300)] }),
      batch({ values: [size(200)] }),
      batch({ values: [size(400)], codec: 'gzip' }),
    ],
  ],
  [
    'stamped',
    { 'message.timestamp.type': 'LogAppendTime' },
    [
      batch(),
      batch({ codec: 'lz4' }),
      batch({ timestamp: 5 }),
      altered((bytes) => bytes.writeInt16BE(8, 21)),
    ],
  ],
  [
    'recent',
    { 'message.timestamp.before.max.ms': '1000000' },
    [
      batch(),
      batch({ timestamp: NOW_MS - HOUR_MS }),
      batch({ values: ['a', 'b', 'c'], timestamp: 5, codec: 'gzip' }),
    ],
  ],
  [
    'ahead',
    { 'message.timestamp.after.max.ms': '86400000' },
    [batch({ timestamp: NOW_MS + 2 * HOUR_MS }), batch({ timestamp: NOW_MS + 48 * HOUR_MS })],
  ],
  [
    'compacted',
    { 'cleanup.policy': 'compact' },
    [
      batch({ keys: ['a', 'b'] }),
      batch({ keys: ['a', null] }),
      batch({ keys: [null, null], codec: 'gzip' }),
      batch({ keys: [''], values: [null] }),
    ],
  ],
  ['compacted-and-deleted', { 'cleanup.policy': 'compact,delete' }, [batch()]],
  [
    'short-segments',
    { 'segment.bytes': '1048576' },
    [batch({ values: [size(1_040_000)] }), batch({ values: [size(1_048_600)] })],
  ],
]

export const recordSteps: readonly Step[] = [
  topic('records'),
  ...garbage.map(([name, bytes]) => records(name, bytes)),
  ...unforeseen.map(([name, bytes]) =>
    ask(name, Produce, produceTo({ topic: 'records' }, bytes), {
      versions: VERSIONS,
      // Differs: Kafka stumbles over these with UNKNOWN_SERVER_ERROR; ktool says what is wrong.
      without: ({ responses }) =>
        responses.flatMap(({ partitionResponses }) =>
          partitionResponses.map(({ errorCode }) => (errorCode === 0 ? 'taken' : 'refused')),
        ),
    }),
  ),
  ...codecs.map((codec) =>
    records(`records packed with ${codec}`, batch({ codec }), 'records', versionsOf(Produce, 3, 12)),
  ),
  ...codecs.map((codec) =>
    records(
      `records of a transaction packed with ${codec}`,
      batch({ codec, isTransactional: true }),
      'records',
      [12],
    ),
  ),
  ask('what was taken', Fetch, fetchFrom([{ topic: 'records' }]), { versions: [12] }),
  ...obeyed.flatMap(([name, settings, batches]) => [
    topic(name, 1, settings),
    ...batches.map((bytes, index) => records(`batch ${index} to ${name}`, bytes, name)),
    ask(`what ${name} holds`, Fetch, fetchFrom([{ topic: name }]), { versions: [12] }),
  ]),
  ...(['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd', 'producer'] as const).flatMap((type) => [
    topic(`packed-${type}`, 1, { 'compression.type': type }),
    ...codecs.map((codec) =>
      records(`${codec} to compression.type=${type}`, batch({ codec }), `packed-${type}`, [12]),
    ),
    ask(`what compression.type=${type} makes of them`, Fetch, fetchFrom([{ topic: `packed-${type}` }]), {
      versions: [12],
    }),
  ]),
  topic('stamped-and-packed', 1, { 'compression.type': 'gzip', 'message.timestamp.type': 'LogAppendTime' }),
  records('plain records to a topic that packs and stamps', batch(), 'stamped-and-packed', [12]),
  ask('records that were packed and stamped', Fetch, fetchFrom([{ topic: 'stamped-and-packed' }]), {
    versions: [12],
  }),
]
