// Reads any number of partitions: one request at a time to each leader for all it leads, and the next one as soon as
// an answer is being read, so that broker and reader work at the same time. At most two answers of each broker are
// held.

import type { Int64 } from '../../bytes/int64.ts'
import { type ErrorName, errorName, KafkaError } from '../../protocol/errors.ts'
import { Fetch } from '../../protocol/messages/fetch.ts'
import type { DecodedResponseOf } from '../../protocol/schema.ts'
import { loadCodec } from '../../records/compression.ts'
import { Alarm } from '../alarm.ts'
import { Changes } from '../changes.ts'
import type { Cluster } from '../cluster.ts'
import { isRetriable } from '../retry.ts'
import { BrokerLane } from '../wire/broker-lane.ts'
import type { Connection } from '../wire/connection.ts'
import { ConnectionError } from '../wire/connection-error.ts'
import type { FetchSettings } from './fetch-config.ts'
import { judgeFetch } from './fetch-failures.ts'
import { FetchPartition, type FetchTarget } from './fetch-partition.ts'
import { type FetchAnswer, fetchRequest, matchAnswers, maxFetchVersion } from './fetch-request.ts'
import { FetchedRecords, surveyBatches } from './fetched-records.ts'
import { placeAfterReset } from './offset-reset.ts'

/** One answer of a broker, whose memory is given back once all its partitions were read. */
interface Response {
  readonly lane: BrokerLane
  readonly connection: Connection
  readonly frame: Buffer
  left: number
}

/** What a bounded reader has looked up is no new topic, of which a broker may not have heard yet. */
const MAX_UNKNOWN_MS = 5000

export class Fetcher {
  readonly #cluster: Cluster
  readonly #settings: FetchSettings
  readonly #lanes = new Map<number, BrokerLane>()
  /** Answers of each broker that are not read to their end. */
  readonly #unread = new Map<BrokerLane, number>()
  readonly #ready: { records: FetchedRecords; response: Response }[] = []
  readonly #alarm: Alarm
  #partitions: FetchPartition[]
  #current: { readonly records: FetchedRecords; readonly response: Response } | null = null
  readonly #changes: Changes
  #isRefreshing = false
  #isClosed = false
  #failure: Error | null = null
  /** Since when no broker has answered a bounded reader. */
  #silentSinceMs: number

  constructor(cluster: Cluster, settings: FetchSettings, targets: readonly FetchTarget[]) {
    this.#cluster = cluster
    this.#changes = new Changes(cluster.clock)
    this.#settings = settings
    this.#partitions = targets.map((target) => new FetchPartition(target))
    this.#silentSinceMs = cluster.clock.monotonicMs()
    this.#alarm = new Alarm(cluster.clock, () => this.#step())
  }

  /** Whether every partition was read up to the offset where reading it should end. */
  get isDone(): boolean {
    const isRead = this.#ready.length === 0 && (this.#current?.records.isExhausted ?? true)
    return isRead && this.#partitions.every(({ isDone }) => isDone)
  }

  /**
   * The next records, which may be used until the next call: those of the last call again while some of them were not
   * stepped through. Null when there are none within `timeoutMs`, or never again (`isDone`). Rejects with what will not
   * pass.
   */
  async next(timeoutMs = Infinity): Promise<FetchedRecords | null> {
    if (this.#current !== null && !this.#current.records.isExhausted && !this.#isClosed) {
      return this.#current.records
    }
    this.#release()
    const deadline = this.#cluster.deadline(timeoutMs)
    this.#step()
    for (;;) {
      const found = this.#ready.shift()
      if (found !== undefined) {
        this.#current = found
        return found.records
      }
      if (this.#failure !== null) throw this.#failure
      if (this.isDone || this.#isClosed || deadline.isOver) return null
      await this.#changes.next(deadline.leftMs)
    }
  }

  /** Where reading of each partition stands: behind the last records that arrived. */
  positions(): { topic: string; partition: number; position: Int64; highWatermark: Int64 }[] {
    return this.#partitions.map(({ topic, partition, position, highWatermark }) => ({
      topic,
      partition,
      position,
      highWatermark,
    }))
  }

  /** Stops; the cluster stays the caller's to close. */
  close(): void {
    this.#isClosed = true
    this.#alarm.clear()
    this.#ready.length = 0
    this.#changes.notify()
  }

  #release(): void {
    const response = this.#current?.response
    this.#current = null
    if (response === undefined || --response.left > 0) return
    response.connection.recycle(response.frame)
    this.#unread.set(response.lane, this.#unread.get(response.lane)! - 1)
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#changes.notify()
  }

  /** Sends a request to every leader that has none under way and whose answers are read. */
  #step(): void {
    if (this.#isClosed || this.#failure !== null) return
    const nowMs = this.#cluster.clock.monotonicMs()
    const byLeader = new Map<number, FetchPartition[]>()
    let isLeaderless = false
    for (const partition of this.#partitions) {
      if (partition.isDone) continue
      if (partition.retryAtMs > nowMs) this.#alarm.set(partition.retryAtMs)
      else if (partition.leader < 0) isLeaderless = true
      else if (!byLeader.get(partition.leader)?.push(partition)) byLeader.set(partition.leader, [partition])
    }
    if (isLeaderless) void this.#refresh()
    for (const [leader, partitions] of byLeader) this.#ask(this.#laneOf(leader), partitions)
  }

  #laneOf(leader: number): BrokerLane {
    const known = this.#lanes.get(leader)
    if (known !== undefined) return known
    const lane = new BrokerLane(this.#cluster, leader, 'fetch')
    this.#lanes.set(leader, lane)
    this.#unread.set(lane, 0)
    return lane
  }

  #ask(lane: BrokerLane, partitions: readonly FetchPartition[]): void {
    if (lane.inFlight > 0 || this.#unread.get(lane)! > 1) return
    const { connection } = lane
    if (connection !== null) {
      void this.#fetch(lane, connection, partitions)
      return
    }
    lane.open((error) => {
      if (error !== null) this.#lost(partitions, error)
      this.#step()
    })
    this.#alarm.set(lane.retryAtMs)
  }

  async #fetch(
    lane: BrokerLane,
    connection: Connection,
    partitions: readonly FetchPartition[],
  ): Promise<void> {
    lane.inFlight++
    try {
      const version = connection.version(Fetch, maxFetchVersion(partitions))
      const heldMs = this.#settings['fetch.max.wait.ms']
      const timeoutMs = heldMs + this.#settings['request.timeout.ms']
      const body = fetchRequest(partitions, this.#settings)
      const { answer, frame } = await connection.exchange(Fetch, body, { version, timeoutMs, heldMs })
      this.#silentSinceMs = this.#cluster.clock.monotonicMs()
      if (answer.errorCode !== 0) throw new KafkaError(errorName(answer.errorCode))
      if (!this.#isClosed) await this.#take(partitions, answer, { lane, connection, frame, left: 0 })
    } catch (error) {
      if (isRetriable(error)) this.#lost(partitions, error)
      else this.#fail(error instanceof Error ? error : new Error(String(error)))
    }
    lane.inFlight--
    this.#step()
    this.#changes.notify()
  }

  async #take(
    partitions: readonly FetchPartition[],
    answer: DecodedResponseOf<typeof Fetch>,
    response: Response,
  ): Promise<void> {
    const answers = matchAnswers(partitions, answer)
    const isEmpty = answers.every(([, found]) => !found?.records?.length)
    const filled: FetchPartition[] = []
    for (const [partition, found] of answers) {
      if (found === undefined) continue
      if (found.errorCode !== 0) this.#refused(partition, errorName(found.errorCode))
      else if (await this.#takeRecords(partition, found, response)) filled.push(partition)
      else this.#takeNothing(partition, isEmpty && answer.throttleTimeMs === 0)
    }
    if (response.left > 0) this.#unread.set(response.lane, this.#unread.get(response.lane)! + 1)
    else response.connection.recycle(response.frame)
    // The broker fills an answer in the order of the request: those that got something go to the end.
    const isFilled = new Set(filled)
    this.#partitions = [...this.#partitions.filter((partition) => !isFilled.has(partition)), ...filled]
  }

  /** Whether the answer brought the partition on. */
  async #takeRecords(partition: FetchPartition, answer: FetchAnswer, response: Response): Promise<boolean> {
    partition.unknownSinceMs = null
    partition.highWatermark = answer.highWatermark
    partition.lastStableOffset = answer.lastStableOffset
    const records = answer.records ?? Buffer.alloc(0)
    const from = partition.position
    const { nextOffset, codecIds } = surveyBatches(records, from)
    if (nextOffset === from) return false
    for (const id of codecIds) await loadCodec(id)
    partition.position = nextOffset
    partition.emptyAnswers = 0
    const { topic, until } = partition
    const isCommittedOnly = this.#settings['isolation.level'] === 'read_committed'
    response.left++
    this.#ready.push({
      response,
      records: new FetchedRecords({
        topic,
        partition: partition.partition,
        records,
        from,
        until,
        nextOffset,
        abortedTransactions: isCommittedOnly ? (answer.abortedTransactions ?? []) : null,
        checkCrcs: this.#settings['check.crcs'],
        highWatermark: answer.highWatermark,
      }),
    })
    return true
  }

  /**
   * Compaction may have removed the last records before `until`, and then no fetch ever gets there: an answer
   * without a byte for anybody, twice, although the log ends behind `until`, says so.
   */
  #takeNothing(partition: FetchPartition, isEmptyAnswer: boolean): void {
    const end =
      this.#settings['isolation.level'] === 'read_committed'
        ? partition.lastStableOffset
        : partition.highWatermark
    if (!isEmptyAnswer || partition.position >= end || end < partition.until) partition.emptyAnswers = 0
    else if (++partition.emptyAnswers >= 2) partition.finish()
  }

  #refused(partition: FetchPartition, code: ErrorName): void {
    const nowMs = this.#cluster.clock.monotonicMs()
    const { topic, partition: number } = partition
    switch (judgeFetch(code)) {
      case 'out of range':
        void this.#reset(partition)
        return
      case 'moved':
        if (code === 'UNKNOWN_TOPIC_OR_PARTITION') this.#unknown(partition, nowMs)
        partition.leader = -1
        this.#cluster.metadata.invalidate(topic)
        break
      case 'fatal':
        this.#fail(fatalFailure(code, `${topic}-${number}`, partition.position))
    }
    partition.retryAtMs = nowMs + this.#settings['retry.backoff.ms']
  }

  /** A topic that stays unknown was deleted; one that was just created becomes known soon. */
  #unknown(partition: FetchPartition, nowMs: number): void {
    partition.unknownSinceMs ??= nowMs
    const patienceMs = partition.isBounded ? MAX_UNKNOWN_MS : Infinity
    if (nowMs - partition.unknownSinceMs < Math.min(this.#settings['request.timeout.ms'], patienceMs)) return
    this.#gone(partition)
  }

  #gone({ topic, partition }: FetchPartition): void {
    const message = `${topic}-${partition} does not exist any more`
    this.#fail(new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', message))
  }

  /** The leader could not be reached or went away. */
  #lost(partitions: readonly FetchPartition[], error: Error): void {
    const nowMs = this.#cluster.clock.monotonicMs()
    if (error instanceof KafkaError || error instanceof ConnectionError) {
      for (const partition of partitions) {
        partition.leader = -1
        partition.retryAtMs = nowMs + this.#settings['retry.backoff.ms']
        this.#cluster.metadata.invalidate(partition.topic)
      }
    }
    if (!isRetriable(error) && !(error instanceof KafkaError)) this.#fail(error)
    // Who follows a topic waits for its broker as long as it takes; who wants an end must get one.
    const isBounded = this.#partitions.every((partition) => partition.isBounded)
    const silentMs = nowMs - this.#silentSinceMs
    if (isBounded && silentMs > this.#settings['default.api.timeout.ms']) this.#fail(error)
  }

  async #reset(partition: FetchPartition): Promise<void> {
    partition.retryAtMs = Infinity
    try {
      const place = await placeAfterReset(this.#cluster, partition, this.#settings)
      if (place === null) partition.finish()
      else partition.position = place
      partition.retryAtMs = 0
    } catch (error) {
      if (isRetriable(error)) {
        partition.retryAtMs = this.#cluster.clock.monotonicMs() + this.#settings['retry.backoff.max.ms']
      } else {
        this.#fail(error instanceof Error ? error : new Error(String(error)))
      }
    }
    this.#step()
    this.#changes.notify()
  }

  /** Finds the leaders of all partitions that have none. */
  async #refresh(): Promise<void> {
    if (this.#isRefreshing) return
    this.#isRefreshing = true
    const nowMs = this.#cluster.clock.monotonicMs()
    const lost = this.#partitions.filter(({ leader, isDone }) => leader < 0 && !isDone)
    try {
      const topics = await this.#cluster.topics(lost.map(({ topic }) => topic))
      for (const partition of lost) {
        const error = partition.learn(topics.get(partition.topic))
        if (error === 'UNKNOWN_TOPIC_OR_PARTITION') this.#unknown(partition, nowMs)
        else if (partition.wasReplaced && partition.isBounded) this.#gone(partition)
        else if (judgeFetch(error) === 'fatal' && error !== 'NONE') this.#fail(new KafkaError(error))
        if (partition.leader < 0) {
          partition.retryAtMs = this.#cluster.clock.monotonicMs() + this.#settings['retry.backoff.ms']
          this.#cluster.metadata.invalidate(partition.topic)
        }
      }
    } catch (error) {
      this.#lost(lost, error instanceof Error ? error : new Error(String(error)))
    }
    this.#isRefreshing = false
    this.#step()
  }
}

/** The failure of a partition that no other try helps; Kafka's own words for damaged records, as they name the place. */
function fatalFailure(code: ErrorName, name: string, offset: Int64): KafkaError {
  const isCorrupt = code === 'CORRUPT_MESSAGE'
  const message = `Encountered corrupt message when fetching offset ${offset} for topic-partition ${name}`
  return new KafkaError(code, isCorrupt ? message : null, { cause: new Error(`while ${name} was read`) })
}
