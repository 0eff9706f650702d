import { ZERO_UUID } from '../../../src/bytes/uuid.ts'
import { DescribeTopicPartitions, Metadata } from '../../../src/protocol/messages/metadata.ts'
import { ask, type Step, topic, versionsOf } from './step.ts'

const UNKNOWN_ID = 'Mjx1Y1kVQ0q4YJcG0nC5dQ'
const named = (...names: string[]) => ({ topics: names.map((name) => ({ name })) })
const SINCE_4 = versionsOf(Metadata, 4)

const pages = (
  title: string,
  names: string[],
  responsePartitionLimit: number,
  cursor: { topicName: string; partitionIndex: number } | null = null,
): Step => ask(title, DescribeTopicPartitions, { ...named(...names), responsePartitionLimit, cursor })

const at = (topicName: string, partitionIndex: number) => ({ topicName, partitionIndex })

export const metadataSteps: readonly Step[] = [
  topic('metadata', 3),
  topic('metadata-too'),
  ask('a topic', Metadata, named('metadata')),
  ask('two topics', Metadata, named('metadata', 'metadata-too')),
  ask('a topic twice', Metadata, named('metadata', 'metadata')),
  ask('no topics', Metadata, { topics: [] }, { versions: versionsOf(Metadata, 1) }),
  ask('all topics by an empty list', Metadata, { topics: [] }, { versions: [0] }),
  ask('all topics', Metadata, { topics: null }, { versions: versionsOf(Metadata, 1) }),
  ask(
    'an unknown topic',
    Metadata,
    { ...named('unknown-topic'), allowAutoTopicCreation: false },
    { versions: SINCE_4 },
  ),
  ...['', '.', '..', 'a b', 'ä', 'x'.repeat(249), 'x'.repeat(250), 'a/b'].map((name) =>
    ask(
      `a topic called '${name.slice(0, 5)}' (${name.length})`,
      Metadata,
      { ...named(name), allowAutoTopicCreation: false },
      { versions: SINCE_4 },
    ),
  ),
  ask('a name that cannot be, to be created', Metadata, named('a b')),
  ask('topics that are created', Metadata, (version) => named(`created-by-v${version}`), {
    // Differs: Kafka says at first that it does not know the topic; ktool has it at once.
    until: ({ topics }) => topics[0]!.errorCode !== 3 && topics[0]!.errorCode !== 5,
  }),
  ask(
    'topics by id',
    Metadata,
    (_version, peer) => ({
      topics: [{ name: null, topicId: peer.topicId('metadata') }],
    }),
    { versions: [12, 13] },
  ),
  ask(
    'topics by id in versions that do not know it',
    Metadata,
    (_version, peer) => ({
      topics: [{ name: null, topicId: peer.topicId('metadata') }],
    }),
    { versions: [10, 11] },
  ),
  ask(
    'topics by name and id',
    Metadata,
    (_version, peer) => ({
      topics: [{ name: 'metadata', topicId: peer.topicId('metadata') }],
    }),
    { versions: [10, 11, 12, 13] },
  ),
  ask('an unknown id', Metadata, { topics: [{ name: null, topicId: UNKNOWN_ID }] }, { versions: [12, 13] }),
  ask(
    'neither name nor id',
    Metadata,
    { topics: [{ name: null, topicId: ZERO_UUID }] },
    // Differs: from version 12 on Kafka stumbles over it; ktool says that this is no name of a topic.
    { versions: [10] },
  ),
  ask(
    'ids and names',
    Metadata,
    (_version, peer) => ({
      topics: [{ name: null, topicId: peer.topicId('metadata') }, { name: 'metadata-too' }],
    }),
    { versions: [12, 13] },
  ),
  ask(
    'what the client may do',
    Metadata,
    (version) => ({
      ...named('metadata', 'a b'),
      includeTopicAuthorizedOperations: true,
      ...(version <= 10 ? { includeClusterAuthorizedOperations: true } : {}),
    }),
    { versions: versionsOf(Metadata, 8) },
  ),
  pages('one topic', ['metadata'], 100),
  pages('topics in any order', ['metadata-too', 'metadata'], 100),
  pages('a topic twice', ['metadata', 'metadata'], 100),
  pages('unknown topics', ['metadata', 'nothing'], 100),
  pages('a name that cannot be', ['metadata', 'a b'], 100),
  // Differs: Kafka stumbles over a topic without a name, ktool says that it cannot be.
  ...[-1, 0, 1, 2, 3, 4, 5].map((limit) =>
    pages(`up to ${limit} partitions`, ['metadata', 'metadata-too'], limit),
  ),
  pages('up to 3 partitions and an unknown topic', ['metadata', 'metadata-unknown', 'metadata-too'], 3),
  ...[0, 1, 2, 3, 4, -1].map((partition) =>
    pages(`from partition ${partition} on`, ['metadata', 'metadata-too'], 2, at('metadata', partition)),
  ),
  pages('from the second topic on', ['metadata', 'metadata-too'], 10, at('metadata-too', 0)),
  pages('from a topic that is not asked for', ['metadata'], 10, at('metadata-too', 0)),
  pages(
    'from a topic that is not there',
    ['metadata', 'metadata-a', 'metadata-too'],
    10,
    at('metadata-a', 0),
  ),
  pages('all topics, two partitions', [], 2),
]
