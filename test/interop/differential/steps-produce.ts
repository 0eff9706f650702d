import { ZERO_UUID } from '../../../src/bytes/uuid.ts'
import { Produce } from '../../../src/protocol/messages/produce.ts'
import { produceTo } from '../../support/partition-requests.ts'
import { batch } from './batches.ts'
import { ask, type Step, tell, topic, versionsOf } from './step.ts'

const BY_NAME = versionsOf(Produce, Produce.minVersion, 12)
const UNKNOWN_ID = 'Mjx1Y1kVQ0q4YJcG0nC5dQ'
const data = (...indexes: number[]) => indexes.map((index) => ({ index, records: batch() }))

export const produceSteps: readonly Step[] = [
  topic('produced', 2),
  ...[1, -1].map((acks) =>
    ask(`records with acks=${acks}`, Produce, (_version, peer) =>
      produceTo({ topic: 'produced', topicId: peer.topicId('produced') }, batch(), { acks }),
    ),
  ),
  tell('records without acknowledgement', Produce, produceTo({ topic: 'produced' }, batch(), { acks: 0 })),
  tell('no records without acknowledgement', Produce, { acks: 0, timeoutMs: 1, topicData: [] }),
  tell('an unknown topic without acknowledgement', Produce, produceTo({ topic: 'x' }, batch(), { acks: 0 })),
  ...[2, -2].map((acks) =>
    ask(`acks=${acks}`, Produce, (_version, peer) =>
      produceTo({ topic: 'produced', topicId: peer.topicId('produced') }, batch(), { acks }),
    ),
  ),
  ask('an unknown topic', Produce, produceTo({ topic: 'nothing' }, batch()), { versions: BY_NAME }),
  ask('a topic without a name', Produce, produceTo({ topic: '' }, batch()), { versions: BY_NAME }),
  ask('a topic with a name that cannot be', Produce, produceTo({ topic: 'a b' }, batch()), {
    versions: BY_NAME,
  }),
  ...[ZERO_UUID, UNKNOWN_ID].map((topicId) =>
    ask(`the topic id ${topicId}`, Produce, produceTo({ topicId }, batch()), { versions: [13] }),
  ),
  ...[2, -1, 2147483647].map((partition) =>
    ask(`partition ${partition}`, Produce, (_version, peer) =>
      produceTo({ topic: 'produced', topicId: peer.topicId('produced'), partition }, batch()),
    ),
  ),
  ask('nothing', Produce, { acks: -1, timeoutMs: 1000, topicData: [] }),
  ask(
    'no partitions',
    Produce,
    {
      acks: -1,
      timeoutMs: 1000,
      topicData: [{ name: 'produced', partitionData: [] }],
    },
    { versions: BY_NAME },
  ),
  ask(
    'a partition twice',
    Produce,
    {
      acks: -1,
      timeoutMs: 1000,
      topicData: [{ name: 'produced', partitionData: data(1, 1) }],
    },
    { versions: [3, 9] },
  ),
  ask(
    'some partitions that are there and some that are not',
    Produce,
    {
      acks: -1,
      timeoutMs: 1000,
      topicData: [
        { name: 'nothing', partitionData: data(0) },
        { name: 'produced', partitionData: data(0, 7, 1) },
      ],
    },
    { versions: [3, 8, 9, 12] },
  ),
  ask(
    'a timeout of 0',
    Produce,
    { ...produceTo({ topic: 'produced' }, batch()), timeoutMs: 0 },
    { versions: [9] },
  ),
  ask(
    'a negative timeout',
    Produce,
    { ...produceTo({ topic: 'produced' }, batch()), timeoutMs: -5 },
    { versions: [9] },
  ),
  ask(
    'a transactional id without transactional records',
    Produce,
    {
      ...produceTo({ topic: 'produced' }, batch()),
      transactionalId: 't',
    },
    { versions: [3, 9] },
  ),
]
