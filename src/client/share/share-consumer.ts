// Reads as a member of a share group: a member says which partitions, and a session with each broker that leads some
// of them acquires records. What is decided about records goes to the broker with the next fetch, or at the end.

import type { Int64 } from '../../bytes/int64.ts'
import { KafkaError } from '../../protocol/errors.ts'
import { Changes } from '../changes.ts'
import type { Cluster } from '../cluster.ts'
import { backoffMs, isRetriable } from '../retry.ts'
import type { ShareSettings } from './share-config.ts'
import { type ShareAssignment, ShareMember } from './share-member.ts'
import type { SharePartition } from './share-partition.ts'
import type { ShareRecords } from './share-records.ts'
import { ShareSession } from './share-session.ts'

export interface ShareConsumerOptions {
  readonly settings: ShareSettings
  readonly topics: readonly string[]
  readonly memberId: string
  /** Told of acknowledgements that did not arrive: their records come again. */
  readonly onAcknowledgeFailure: (error: Error) => void
  /** Called before the consumer joins its group; what it throws ends the consumer. */
  readonly lookForTopics?: (() => Promise<unknown>) | undefined
  /**
   * The offset up to which the records that were returned last are used, null while none of them is: only what was
   * decided about these is sent. Left out, they count as used when `next()` is called again or the consumer is closed.
   */
  readonly usedUpTo?: ((records: ShareRecords) => Int64 | null) | undefined
}

/** How often decisions are sent while their records take long: the broker has a limit of 15 s or more for them. */
const FLUSH_MS = 5000

/** Records that were acquired, and what goes on once all that came with them were used. */
interface Ready {
  readonly session: ShareSession
  readonly records: ShareRecords
  readonly done: () => void
}

export class ShareConsumer {
  readonly #cluster: Cluster
  readonly #options: ShareConsumerOptions
  readonly #member: ShareMember
  readonly #sessions = new Map<number, ShareSession>()
  /** What reads from a session, until that has nothing to do. */
  readonly #readers = new Map<ShareSession, Promise<void>>()
  #assignment: ShareAssignment = []
  /** Counts assignments and changes of leaders, so that what was looked up for an older one is dropped. */
  #round = 0
  readonly #ready: Ready[] = []
  #current: Ready | null = null
  #flushing: Promise<void> = Promise.resolve()
  #cancelFlush = (): void => {}
  #failure: Error | null = null
  #hasStarted = false
  #closing: Promise<void> | null = null
  readonly #changes: Changes

  constructor(cluster: Cluster, options: ShareConsumerOptions) {
    this.#cluster = cluster
    this.#changes = new Changes(cluster.clock)
    this.#options = options
    this.#member = new ShareMember(cluster, {
      groupId: options.settings['group.id'],
      memberId: options.memberId,
      topics: options.topics,
      onAssignment: (assignment) => {
        this.#assignment = assignment
        void this.#place()
      },
    })
  }

  /**
   * The next records, which may be used until the next call: those of the last call again while some of them were not
   * stepped through. What is not acknowledged, others get. Null when there are none within `timeoutMs`, or after close.
   */
  async next(timeoutMs = Infinity): Promise<ShareRecords | null> {
    this.#begin()
    if (this.#current !== null && !this.#current.records.isExhausted && this.#closing === null) {
      return this.#current.records
    }
    this.#passCurrent(null)
    const deadline = this.#cluster.deadline(timeoutMs)
    for (;;) {
      if (this.#closing !== null) return null
      if (this.#failure !== null) throw this.#failure
      const ready = this.#ready.shift()
      if (ready !== undefined) {
        this.#current = ready
        return ready.records
      }
      if (deadline.isOver) return null
      await this.#changes.next(deadline.leftMs)
    }
  }

  /** Ends the wait for records, sends what was acknowledged, gives all other records back, and leaves the group. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** Looks for the topics and joins; `next` does not wait longer for that than for records. */
  #begin(): void {
    if (this.#hasStarted) return
    this.#hasStarted = true
    this.#start().catch((error: Error) => this.#fail(error))
  }

  async #start(): Promise<void> {
    await this.#options.lookForTopics?.()
    if (this.#closing !== null) return
    this.#flushRegularly()
    this.#member.run().catch((error: Error) => this.#fail(error))
  }

  async #close(): Promise<void> {
    const { lifetime } = this.#cluster
    lifetime.closing()
    this.#cancelFlush()
    const used = this.#current && this.#options.usedUpTo?.(this.#current.records)
    this.#passCurrent(used === null ? 0 : (used ?? null))
    for (const { done } of this.#ready.splice(0)) done()
    this.#changes.notify()
    const farewell = async (): Promise<void> => {
      // A fetch that is under way would acquire records for a session that is no more.
      await Promise.all(this.#readers.values())
      await this.#flushing
      await Promise.all([...this.#sessions.values()].map((session) => session.close()))
      await this.#member.leave()
    }
    const group = this.#options.settings['group.id']
    const release = lifetime.holdUp(() => `the last acknowledgements of group '${group}'`)
    // A member that cannot leave is missed when its session is over.
    if (!(await lifetime.untilOver(farewell()))) {
      const error = this.#cluster.late(lifetime.closing())
      for (const session of this.#sessions.values()) session.abandon(error)
    }
    release()
  }

  /** Passes on what was decided about records before `offset`, or about all; the others are not used. */
  #passCurrent(offset: Int64 | null): void {
    const current = this.#current
    this.#current = null
    if (current === null) return
    const { partitionId, acknowledgements } = current.records
    current.session.acknowledge(partitionId, acknowledgements.takeBefore(offset))
    current.done()
  }

  #flushRegularly(): void {
    this.#cancelFlush = this.#cluster.clock.after(FLUSH_MS, () => {
      this.#flushing = this.#flushing.then(() => this.#flush())
      void this.#flushing.then(() => {
        if (this.#closing === null) this.#flushRegularly()
      })
    })
  }

  /** Its session waits for these records, and so has nothing else under way. */
  async #flush(): Promise<void> {
    if (this.#current === null || this.#closing !== null) return
    const { session, records } = this.#current
    const used = this.#options.usedUpTo?.(records)
    if (used === undefined || used === null) return
    session.acknowledge(records.partitionId, records.acknowledgements.takeBefore(used))
    await session.flush()
  }

  /** Finds the leaders of what is assigned, and has each of their sessions fetch its part. */
  async #place(): Promise<void> {
    const round = ++this.#round
    for (let failures = 0; round === this.#round && this.#closing === null; ) {
      try {
        const byLeader = await this.#leaders(failures > 0)
        if (round !== this.#round || this.#closing !== null) return
        if (byLeader === null) {
          await this.#cluster.lifetime.sleep(backoffMs(++failures, this.#cluster, this.#cluster.random))
          continue
        }
        for (const nodeId of byLeader.keys()) this.#session(nodeId)
        for (const [nodeId, session] of this.#sessions) {
          session.want(byLeader.get(nodeId) ?? [])
          this.#read(session)
        }
        return
      } catch (error) {
        this.#fail(error instanceof Error ? error : new Error(String(error)))
        return
      }
    }
  }

  /** What is assigned, by leader; null while one of them cannot be told. */
  async #leaders(refresh: boolean): Promise<Map<number, SharePartition[]> | null> {
    const topics = await this.#cluster.topics(this.#options.topics, { refresh })
    const byId = new Map([...topics.values()].map((topic) => [topic.topicId, topic]))
    const byLeader = new Map<number, SharePartition[]>()
    for (const { topicId, partitions } of this.#assignment) {
      const topic = byId.get(topicId)
      for (const partition of partitions) {
        const leader = topic?.partitions[partition]?.leader ?? -1
        if (topic === undefined || leader < 0) return refresh ? null : await this.#leaders(true)
        const found = { topicId, topic: topic.name, partition }
        if (!byLeader.get(leader)?.push(found)) byLeader.set(leader, [found])
      }
    }
    return byLeader
  }

  #session(nodeId: number): ShareSession {
    const known = this.#sessions.get(nodeId)
    if (known !== undefined) return known
    const session = new ShareSession(this.#cluster, nodeId, this.#options)
    this.#sessions.set(nodeId, session)
    return session
  }

  #read(session: ShareSession): void {
    if (this.#readers.has(session) || !session.hasWork) return
    const reading = this.#fetchFrom(session)
      .catch((error: Error) => this.#fail(error))
      .then(() => {
        this.#readers.delete(session)
        // It may have got something to do while its reader ended.
        if (this.#closing === null && this.#failure === null) this.#read(session)
      })
    this.#readers.set(session, reading)
  }

  async #fetchFrom(session: ShareSession): Promise<void> {
    for (let failures = 0; session.hasWork && this.#closing === null; ) {
      try {
        const { records, moved } = await session.fetch()
        failures = 0
        if (this.#closing !== null) return
        if (moved.length > 0) await this.#lookAgain(new Set(moved.map(({ topic }) => topic)), 1)
        if (records.length > 0) await this.#giveOut(session, records)
      } catch (error) {
        if (this.#closing !== null) return
        if (!isRetriable(error) && !isSessionOver(error)) throw error
        await this.#lookAgain(session.topics, ++failures)
      }
    }
  }

  /** Looks for leaders once more, not too soon. */
  async #lookAgain(topics: ReadonlySet<string>, failures: number): Promise<void> {
    await this.#cluster.lifetime.sleep(backoffMs(failures, this.#cluster, this.#cluster.random))
    for (const topic of topics) this.#cluster.metadata.invalidate(topic)
    await this.#place()
  }

  /** Settles when all records were used: a broker is not asked for more before. */
  #giveOut(session: ShareSession, records: readonly ShareRecords[]): Promise<void> {
    return new Promise((resolve) => {
      let left = records.length
      const done = (): void => {
        if (--left === 0) resolve()
      }
      this.#ready.push(...records.map((each) => ({ session, records: each, done })))
      this.#changes.notify()
    })
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#changes.notify()
  }
}

const SESSION_OVER: ReadonlySet<string> = new Set([
  'SHARE_SESSION_NOT_FOUND',
  'INVALID_SHARE_SESSION_EPOCH',
  'SHARE_SESSION_LIMIT_REACHED',
])

const isSessionOver = (error: unknown): boolean => error instanceof KafkaError && SESSION_OVER.has(error.code)
