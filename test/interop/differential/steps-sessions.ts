import { Fetch } from '../../../src/protocol/messages/fetch.ts'
import { Produce } from '../../../src/protocol/messages/produce.ts'
import { type FetchFrom, type FetchOptions, fetchFrom, produceTo } from '../../support/partition-requests.ts'
import { batch } from './batches.ts'
import { ask, type Step, topic } from './step.ts'

/** A fetch in the session that the last answer named. */
const fetch = (name: string, partitions: FetchFrom[], options: FetchOptions, version: number): Step =>
  ask(
    name,
    Fetch,
    (_version, peer) => {
      const withId = (from: FetchFrom) => ({
        ...from,
        topicId: from.topicId ?? peer.topicId(from.topic ?? ''),
      })
      const sessionId = options.sessionId ?? peer.notes.get('session') ?? 0
      const forgotten = (options.forgotten ?? []).map(withId)
      return fetchFrom(partitions.map(withId), { ...options, sessionId, forgotten })
    },
    {
      versions: [version],
      note: ({ sessionId }, peer) => {
        if (sessionId !== 0) peer.notes.set('session', sessionId)
      },
    },
  )

const write = (partition: number): Step =>
  ask(`a record for sessions-${partition}`, Produce, produceTo({ topic: 'sessions', partition }, batch()), {
    versions: [12],
  })

const at = (partition: number, from = 0): FetchFrom => ({ topic: 'sessions', partition, from })

/** A life of a session: names or ids, depending on the version. */
const life = (version: number): Step[] => [
  fetch('no session', [at(0)], { sessionId: 0, sessionEpoch: -1 }, version),
  fetch('a session of nothing', [], { sessionId: 0, sessionEpoch: 0 }, version),
  fetch('a session', [at(0), at(1), at(2)], { sessionId: 0, sessionEpoch: 0 }, version),
  fetch('no news', [at(0, 100), at(1, 100), at(2, 100)], { sessionEpoch: 1 }, version),
  fetch('errors stay news', [], { sessionEpoch: 2 }, version),
  fetch('an epoch too late', [], { sessionEpoch: 2 }, version),
  fetch('an epoch too early', [], { sessionEpoch: 9 }, version),
  fetch('all is well', [at(0), at(1), at(2)], { sessionEpoch: 3 }, version),
  fetch('the same again', [], { sessionEpoch: 4 }, version),
  write(1),
  fetch('one has news', [], { sessionEpoch: 5 }, version),
  fetch('one is forgotten', [], { sessionEpoch: 6, forgotten: [at(1)] }, version),
  fetch('one that is not in the session is forgotten', [], { sessionEpoch: 7, forgotten: [at(9)] }, version),
  fetch('one comes back', [at(1)], { sessionEpoch: 8 }, version),
  fetch('one that is not there comes', [at(9)], { sessionEpoch: 9 }, version),
  fetch('it is told again', [], { sessionEpoch: 10 }, version),
  fetch('another topic', [{ topic: 'sessions-too' }], { sessionEpoch: 11, forgotten: [at(9)] }, version),
  fetch('a session by the other kind of name', [], { sessionEpoch: 12 }, version === 12 ? 13 : 12),
  fetch(
    'all are forgotten',
    [],
    { sessionEpoch: 12, forgotten: [at(0), at(1), at(2), { topic: 'sessions-too' }] },
    version,
  ),
  fetch('the session is gone', [], { sessionEpoch: 13 }, version),
  fetch('a session anew', [at(0), at(2)], { sessionId: 0, sessionEpoch: 0 }, version),
  fetch('in its place another', [at(2)], { sessionEpoch: 0 }, version),
  fetch('which goes on', [], { sessionEpoch: 1 }, version),
  fetch('and ends', [], { sessionEpoch: -1 }, version),
  fetch('for good', [], { sessionEpoch: 2 }, version),
  fetch('a session nobody knows', [at(0)], { sessionId: 12345, sessionEpoch: 3 }, version),
  fetch('a session nobody knows is closed', [at(0)], { sessionId: 12345, sessionEpoch: -1 }, version),
  fetch('no session, but an epoch', [at(0)], { sessionId: 0, sessionEpoch: 1 }, version),
  fetch('a negative epoch', [at(0)], { sessionId: 0, sessionEpoch: -2 }, version),
]

export const sessionSteps: readonly Step[] = [
  topic('sessions', 3),
  topic('sessions-too'),
  write(0),
  ...[7, 12, 13, 18].flatMap(life),
]
