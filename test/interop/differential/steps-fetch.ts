import { ZERO_UUID } from '../../../src/bytes/uuid.ts'
import { Fetch } from '../../../src/protocol/messages/fetch.ts'
import { Produce } from '../../../src/protocol/messages/produce.ts'
import { type FetchFrom, type FetchOptions, fetchFrom, produceTo } from '../../support/partition-requests.ts'
import { batch } from './batches.ts'
import { ask, type Step, topic, versionsOf } from './step.ts'

const UNKNOWN_ID = 'Mjx1Y1kVQ0q4YJcG0nC5dQ'
const size = batch({ values: ['x'.repeat(1000)] }).length

const fill = (name: string, partition: number, count: number): Step[] =>
  Array.from({ length: count }, (_, index) =>
    ask(
      `batch ${index} for ${name}-${partition}`,
      Produce,
      produceTo({ topic: name, partition }, batch({ values: [String(index).repeat(1000)] })),
      { versions: [12] },
    ),
  )

const fetch = (
  name: string,
  partitions: FetchFrom[],
  options: FetchOptions = {},
  versions = versionsOf(Fetch),
): Step =>
  ask(
    name,
    Fetch,
    (_version, peer) =>
      fetchFrom(
        partitions.map((from) => ({ ...from, topicId: from.topicId ?? peer.topicId(from.topic ?? '') })),
        options,
      ),
    { versions },
  )

const fetched = { topic: 'fetched' }
const BY_NAME = versionsOf(Fetch, Fetch.minVersion, 12)

export const fetchSteps: readonly Step[] = [
  topic('fetched', 3),
  ...fill('fetched', 0, 5),
  ...fill('fetched', 1, 3),
  fetch('everything', [fetched]),
  ...[-1, -2, 1, 4, 5, 6, 1e15].map((from) => fetch(`from offset ${from}`, [{ ...fetched, from }])),
  fetch('an empty partition', [{ ...fetched, partition: 2 }]),
  fetch('an unknown topic', [{ topic: 'nothing' }], {}, BY_NAME),
  fetch('a topic without a name', [{ topic: '' }], {}, BY_NAME),
  fetch('a topic whose name cannot be', [{ topic: 'a b' }], {}, BY_NAME),
  fetch('an unknown id', [{ topicId: UNKNOWN_ID }], {}, versionsOf(Fetch, 13)),
  fetch('no id', [{ topicId: ZERO_UUID }], {}, versionsOf(Fetch, 13)),
  ...[3, -1].map((partition) => fetch(`partition ${partition}`, [{ ...fetched, partition }])),
  fetch('nothing', []),
  fetch('committed records', [fetched], { isolationLevel: 1 }),
  fetch('committed records of an empty partition', [{ ...fetched, partition: 2 }], { isolationLevel: 1 }),
  fetch('an isolation level that is not', [fetched], { isolationLevel: 2 }, [4, 12]),
  ...[-2, 0, 1, 7].map((currentLeaderEpoch) =>
    fetch(
      `current leader epoch ${currentLeaderEpoch}`,
      [{ ...fetched, currentLeaderEpoch }],
      {},
      versionsOf(Fetch, 9),
    ),
  ),
  ...[0, 1, 7].map((lastFetchedEpoch) =>
    fetch(
      `last fetched epoch ${lastFetchedEpoch}`,
      [{ ...fetched, from: 3, lastFetchedEpoch }],
      {},
      [12, 13, 18],
    ),
  ),
  ...[0, 1, 100, size, size + 1, 2 * size, 2 * size + 100, 1e6].flatMap((maxBytes) => [
    fetch(`up to ${maxBytes} bytes`, [fetched], { maxBytes }, [4, 12]),
    fetch(`up to ${maxBytes} bytes of a partition`, [{ ...fetched, maxBytes }], {}, [4, 12]),
    fetch(`up to ${maxBytes} bytes of two`, [fetched, { ...fetched, partition: 1 }], { maxBytes }, [12]),
  ]),
  fetch(
    'an empty partition first',
    [
      { ...fetched, partition: 2 },
      { ...fetched, maxBytes: 1 },
    ],
    {},
    [12],
  ),
  fetch('an unknown partition first', [{ ...fetched, partition: 9 }, fetched], { maxBytes: 1 }, [12]),
  fetch('negative limits', [{ ...fetched, maxBytes: -1 }], { maxBytes: -1 }, [12]),
  fetch('a minimum that is there', [fetched], { minBytes: 100, maxWaitMs: 60_000 }, [12]),
  fetch('a minimum that is not there', [fetched], { minBytes: 1e6, maxWaitMs: 50 }, [12]),
  fetch('a negative minimum', [{ ...fetched, partition: 2 }], { minBytes: -1, maxWaitMs: 60_000 }, [12]),
  fetch('a negative wait', [{ ...fetched, partition: 2 }], { maxWaitMs: -1 }, [12]),
  fetch('an error ends the wait', [{ ...fetched, partition: 9 }], { maxWaitMs: 60_000 }, [12]),
  fetch('an offset out of range ends the wait', [{ ...fetched, from: 99 }], { maxWaitMs: 60_000 }, [12]),
  fetch('a partition twice', [fetched, fetched], {}, [4, 12, 13]),
  fetch('a partition twice from two offsets', [fetched, { ...fetched, from: 4 }], {}, [4, 12, 13]),
]
