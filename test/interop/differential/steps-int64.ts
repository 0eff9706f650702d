// Offsets, timestamps, producer ids and settings that a number of JavaScript does not hold.
import { type Int64, MAX_INT64 } from '../../../src/bytes/int64.ts'
import { errorCode } from '../../../src/protocol/errors.ts'
import { DescribeConfigs, IncrementalAlterConfigs } from '../../../src/protocol/messages/configs.ts'
import { Fetch } from '../../../src/protocol/messages/fetch.ts'
import { DeleteRecords, ListOffsets } from '../../../src/protocol/messages/offsets.ts'
import { Produce } from '../../../src/protocol/messages/produce.ts'
import { InitProducerId } from '../../../src/protocol/messages/transactions.ts'
import { INT64_ENDS } from '../../support/int64-ends.ts'
import { fetchFrom, produceTo } from '../../support/partition-requests.ts'
import { batch, NOW_MS, withBaseOffset } from './batches.ts'
import { commit, fetchCommitted } from './group-requests.ts'
import { ask, type Step, topic, versionsOf } from './step.ts'
import { coordinatorIsThere, loaded } from './steps-groups.ts'

const VALUES: readonly Int64[] = [...INT64_ENDS, 1_700_000_000_000_000_000n, -2, 0]
const BY_NAME = versionsOf(Fetch, Fetch.minVersion, 12)

const write = (title: string, name: string, bytes: Buffer): Step =>
  ask(title, Produce, produceTo({ topic: name }, bytes), { versions: [12] })

const list = (title: string, name: string, timestamp: Int64): Step =>
  ask(
    title,
    ListOffsets,
    { replicaId: -1, topics: [{ name, partitions: [{ partitionIndex: 0, timestamp }] }] },
    { versions: [1, 4, 7, 11] },
  )

const TIME_SETTINGS = ['message.timestamp.after.max.ms', 'message.timestamp.before.max.ms'] as const

/** A topic whose limits of timestamps are `ms`, records with all kinds of timestamps in it, and searches for them. */
function timestamps(name: string, ms: Int64): Step[] {
  return [
    topic(name, 1, Object.fromEntries(TIME_SETTINGS.map((setting) => [setting, String(ms)]))),
    ...VALUES.map((timestamp) =>
      write(`a record of time ${timestamp} within ${ms}`, name, batch({ timestamp, values: ['a'] })),
    ),
    ...VALUES.map((timestamp) =>
      write(
        `three records around ${timestamp}`,
        name,
        batch({ timestamp, values: ['a', 'b', 'c'], codec: 'gzip' }),
      ),
    ),
    ask('all of them', Fetch, fetchFrom([{ topic: name }]), { versions: [4, 12] }),
    ...VALUES.map((timestamp) => list(`time ${timestamp}`, name, timestamp)),
    list('the largest timestamp', name, -3),
  ]
}

const SETTINGS = [
  'retention.ms',
  'retention.bytes',
  'segment.ms',
  'flush.messages',
  'delete.retention.ms',
] as const

function setting(name: string, value: string): Step[] {
  let isSet = false
  return [
    ask(
      `${name}=${value}`,
      IncrementalAlterConfigs,
      {
        resources: [
          { resourceType: 2, resourceName: 'wide', configs: [{ name, configOperation: 0, value }] },
        ],
        validateOnly: false,
      },
      {
        versions: [1],
        note: ({ responses }) => {
          isSet = responses[0]!.errorCode === 0
        },
      },
    ),
    ask(
      `${name} then`,
      DescribeConfigs,
      {
        resources: [{ resourceType: 2, resourceName: 'wide', configurationKeys: [name] }],
        includeSynonyms: false,
      },
      // A broker of Kafka's follows its controller a moment later.
      { versions: [1], until: ({ results }) => !isSet || results[0]!.configs[0]?.value === value },
    ),
  ]
}

export const int64Steps: readonly Step[] = [
  topic('wide'),
  write('records', 'wide', batch({ values: ['a', 'b', 'c'] })),
  ...VALUES.flatMap((from) => [
    ask(`from offset ${from}`, Fetch, fetchFrom([{ topic: 'wide', from }]), { versions: BY_NAME }),
    ask(
      `the start of a follower at ${from}`,
      Fetch,
      {
        ...fetchFrom([]),
        topics: [
          {
            topic: 'wide',
            partitions: [{ partition: 0, fetchOffset: 0, logStartOffset: from, partitionMaxBytes: 1000 }],
          },
        ],
      },
      { versions: [5, 12] },
    ),
  ]),
  ...VALUES.map((timestamp) => list(`time ${timestamp}`, 'wide', timestamp)),
  ...VALUES.filter((offset) => offset !== 0).map((offset) =>
    ask(`before offset ${offset}`, DeleteRecords, {
      timeoutMs: 5000,
      topics: [{ name: 'wide', partitions: [{ partitionIndex: 0, offset }] }],
    }),
  ),
  coordinatorIsThere,
  loaded('wide'),
  loaded('wide-for'),
  ...VALUES.flatMap((offset) => [
    commit(`offset ${offset}`, { group: 'wide', topic: 'wide', offset, versions: [2, 7, 9] }),
    fetchCommitted(`offset ${offset}`, { groups: ['wide'], topic: 'wide', versions: [1, 7, 9] }),
  ]),
  ...VALUES.map((retentionMs) =>
    commit(`for ${retentionMs} ms`, { group: 'wide-for', topic: 'wide', retentionMs, versions: [2, 3, 4] }),
  ),
  ...VALUES.map((producerId) =>
    ask(
      `producer id ${producerId}`,
      InitProducerId,
      { transactionalId: null, transactionTimeoutMs: 1000, producerId, producerEpoch: 0 },
      {
        versions: [3, 5],
        until: ({ errorCode: code }) => code !== errorCode('COORDINATOR_LOAD_IN_PROGRESS'),
      },
    ),
  ),
  ...VALUES.map((producerId) =>
    write(`producer ${producerId}`, 'wide', batch({ producerId, producerEpoch: 0, baseSequence: 0 })),
  ),
  ...VALUES.map((producerId) =>
    write(`producer ${producerId} again`, 'wide', batch({ producerId, producerEpoch: 0, baseSequence: 0 })),
  ),
  ...VALUES.map((producerId) =>
    write(`producer ${producerId}, a gap`, 'wide', batch({ producerId, producerEpoch: 0, baseSequence: 9 })),
  ),
  ...VALUES.map((offset) => write(`base offset ${offset}`, 'wide', withBaseOffset(offset))),
  ...VALUES.map((timestamp) =>
    write(`a record of time ${timestamp}`, 'wide', batch({ timestamp, values: ['a'] })),
  ),
  ask('everything', Fetch, fetchFrom([{ topic: 'wide' }]), { versions: [4, 12] }),
  ...timestamps('wide-all', MAX_INT64),
  ...timestamps('wide-some', 2n ** 53n + 1n - BigInt(NOW_MS)),
  ...SETTINGS.flatMap((name) =>
    [...INT64_ENDS, 2n ** 63n, -(2n ** 63n) - 1n].flatMap((value) => setting(name, String(value))),
  ),
]
