// Incremental fetch (KIP-227): a consumer that asks for the same partitions again and again names them once, and is
// answered with those that have news (kafka.server.FetchManager and FetchSession).
import type { Int64 } from '../bytes/int64.ts'
import type { ErrorName } from '../protocol/errors.ts'
import type { Clock } from './clock.ts'

/** One partition of a fetch request; the client names the topic by name or, from version 13 on, by id. */
export interface FetchPartition {
  readonly topic: string
  readonly topicId: string
  readonly partition: number
  readonly fetchOffset: number
  readonly maxBytes: number
  readonly currentLeaderEpoch: number
  readonly lastFetchedEpoch: number
  readonly logStartOffset: number
}

/** A partition in a session, and what the client was told of it last. */
interface CachedPartition {
  wanted: FetchPartition
  highWatermark: Int64
  logStartOffset: Int64
}

/** What decides whether a partition stands in the answer to an incremental fetch. */
export interface PartitionNews {
  readonly hasRecords: boolean
  readonly highWatermark: Int64
  readonly logStartOffset: Int64
  /** An error, or a hint that must not get lost. */
  readonly isRemarkable: boolean
}

const keyOf = ({
  topic,
  topicId,
  partition,
}: Pick<FetchPartition, 'topic' | 'topicId' | 'partition'>): string => `${topic}/${topicId}/${partition}`

export class FetchSession {
  readonly id: number
  readonly usesTopicIds: boolean
  readonly createdMs: number
  lastUsedMs: number
  epoch = 1
  /** In the order in which they are read; those that gave records move to the end, so that none starves. */
  readonly #partitions = new Map<string, CachedPartition>()

  constructor(id: number, usesTopicIds: boolean, nowMs: number) {
    this.id = id
    this.usesTopicIds = usesTopicIds
    this.createdMs = nowMs
    this.lastUsedMs = nowMs
  }

  get size(): number {
    return this.#partitions.size
  }

  get partitions(): FetchPartition[] {
    return Array.from(this.#partitions.values(), ({ wanted }) => wanted)
  }

  update(
    changed: readonly FetchPartition[],
    forgotten: readonly Pick<FetchPartition, 'topic' | 'topicId' | 'partition'>[],
  ): void {
    for (const wanted of changed) {
      const cached = this.#partitions.get(keyOf(wanted))
      if (cached) cached.wanted = wanted
      else this.#partitions.set(keyOf(wanted), { wanted, highWatermark: -1, logStartOffset: -1 })
    }
    for (const partition of forgotten) this.#partitions.delete(keyOf(partition))
  }

  /** Notes what the client is told now, and says whether it is worth telling. */
  note(partition: FetchPartition, news: PartitionNews): boolean {
    const key = keyOf(partition)
    const cached = this.#partitions.get(key)
    if (!cached) return true
    const isNew =
      news.hasRecords ||
      news.isRemarkable ||
      cached.highWatermark !== news.highWatermark ||
      cached.logStartOffset !== news.logStartOffset
    // After an error the next answer must mention the partition again, even if nothing moved.
    cached.highWatermark = news.isRemarkable ? -1 : news.highWatermark
    cached.logStartOffset = news.logStartOffset
    if (news.hasRecords) {
      this.#partitions.delete(key)
      this.#partitions.set(key, cached)
    }
    return isNew
  }
}

const LAST_EPOCH = 0x7fff_ffff
const NO_SESSION = 0
const INITIAL_EPOCH = 0
const FINAL_EPOCH = -1
/** min.incremental.fetch.session.eviction.ms of Kafka's broker, which is not a setting one can give. */
const MIN_EVICTION_MS = 120_000

/** What to read for one fetch request, and the session it belongs to. */
export interface FetchPlan {
  readonly partitions: readonly FetchPartition[]
  /** Null for a fetch without a session. */
  readonly session: FetchSession | null
  /** Only news are told. */
  readonly isIncremental: boolean
}

export interface FetchSessionRequest {
  readonly sessionId: number
  readonly sessionEpoch: number
  readonly usesTopicIds: boolean
  readonly partitions: readonly FetchPartition[]
  readonly forgotten: readonly Pick<FetchPartition, 'topic' | 'topicId' | 'partition'>[]
}

/** The sessions of one broker id: max.incremental.fetch.session.cache.slots of them. */
export class FetchSessions {
  readonly #sessions = new Map<number, FetchSession>()
  readonly #maxSessions: number
  readonly #clock: Clock
  readonly #random: () => number

  constructor(maxSessions: number, clock: Clock, random: () => number) {
    this.#maxSessions = maxSessions
    this.#clock = clock
    this.#random = random
  }

  /** What to read for this request; an error name where the session is not what the client thinks. */
  plan(request: FetchSessionRequest): FetchPlan | ErrorName {
    const { sessionId, sessionEpoch, partitions } = request
    if (sessionEpoch === FINAL_EPOCH || sessionEpoch === INITIAL_EPOCH) {
      this.#sessions.delete(sessionId)
      const session = sessionEpoch === INITIAL_EPOCH ? this.#create(request) : null
      return { partitions, session, isIncremental: false }
    }
    const session = this.#sessions.get(sessionId)
    if (!session) return 'FETCH_SESSION_ID_NOT_FOUND'
    if (session.epoch !== sessionEpoch) return 'INVALID_FETCH_SESSION_EPOCH'
    if (session.usesTopicIds !== request.usesTopicIds) return 'FETCH_SESSION_TOPIC_ID_ERROR'
    session.update(partitions, request.forgotten)
    if (session.size === 0) {
      this.#sessions.delete(sessionId)
      return { partitions, session: null, isIncremental: false }
    }
    session.lastUsedMs = this.#clock.monotonicMs()
    session.epoch = sessionEpoch === LAST_EPOCH ? 1 : sessionEpoch + 1
    return { partitions: session.partitions, session, isIncremental: true }
  }

  #create({ partitions, usesTopicIds }: FetchSessionRequest): FetchSession | null {
    if (!this.#makeRoom(partitions.length)) return null
    let id = NO_SESSION
    while (id === NO_SESSION || this.#sessions.has(id)) id = Math.floor(this.#random() * LAST_EPOCH)
    const session = new FetchSession(id, usesTopicIds, this.#clock.monotonicMs())
    session.update(partitions, [])
    this.#sessions.set(id, session)
    return session
  }

  /** Drops a session that is out of use, or a smaller one that has had its time. */
  #makeRoom(size: number): boolean {
    if (this.#sessions.size < this.#maxSessions) return true
    const now = this.#clock.monotonicMs()
    let victim: FetchSession | null = null
    for (const session of this.#sessions.values()) {
      const isStale = now - session.lastUsedMs > MIN_EVICTION_MS
      const isSmaller = session.size < size && now - session.createdMs > MIN_EVICTION_MS
      if ((isStale || isSmaller) && (!victim || session.lastUsedMs < victim.lastUsedMs)) victim = session
    }
    if (victim) this.#sessions.delete(victim.id)
    return victim !== null
  }
}
