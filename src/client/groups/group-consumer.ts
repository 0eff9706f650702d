// Reads as a member of a group: a membership says which partitions, a fetcher reads them, and what was read is committed
// from time to time, before partitions go, and at the end.

import type { Int64 } from '../../bytes/int64.ts'
import { KafkaError } from '../../protocol/errors.ts'
import { JoinGroup } from '../../protocol/messages/classic-groups.ts'
import { Changes } from '../changes.ts'
import type { Cluster } from '../cluster.ts'
import { requestCoordinator } from '../coordinators.ts'
import { type Deadline, START_MS } from '../deadline.ts'
import type { FetchSettings } from '../fetch/fetch-config.ts'
import type { FetchedRecords } from '../fetch/fetched-records.ts'
import { Fetcher } from '../fetch/fetcher.ts'
import { Interrupted } from '../lifetime.ts'
import { requireReadable } from '../read-only.ts'
import { partitionName, type TopicPartition } from '../topic-partition.ts'
import { ClassicMember } from './classic-member.ts'
import { COMMIT_BY_NAME, commitTopics, type OffsetToCommit, partitionErrors } from './committed-offsets.ts'
import { ConsumerMember } from './consumer-member.ts'
import { coordinatorCode } from './coordinator-link.ts'
import type { GroupSettings } from './group-config.ts'
import type { GroupHost, Membership } from './membership.ts'
import { type Position, positionAfter, startPositions } from './positions.ts'

export interface GroupConsumerOptions {
  readonly group: GroupSettings
  readonly fetch: FetchSettings
  /** What to subscribe to; asked again when metadata is old. */
  readonly topics: () => Promise<GroupTopics>
  /** The id of a member of the newer protocol. */
  readonly memberId: string
  /** Told of commits that failed and will be tried again with the next ones. */
  readonly onCommitFailure: (error: Error) => void
  /** Told of partitions that the member has from now on, before it knows where to start in them. */
  readonly onAssigned?: ((partitions: readonly TopicPartition[]) => void) | undefined
  /** Told of partitions that the member gives up or has lost. */
  readonly onRevoked?: ((partitions: readonly TopicPartition[]) => void) | undefined
  /**
   * The offset up to which the records that were returned last are used, null while none of them is; it is committed
   * meanwhile. Left out, records count as used when `next()` is called again or the consumer is closed.
   */
  readonly usedUpTo?: ((records: FetchedRecords) => Int64 | null) | undefined
}

export interface GroupTopics {
  readonly names: readonly string[]
  /** Whether some of them may still come into being. */
  readonly isIncomplete: boolean
}

/** How often topics that do not exist are looked for. */
const MISSING_TOPIC_MS = 500

/** How long records may wait without one of them being used, once another member is to have their partition. */
const STALLED_MS = 3000

export class GroupConsumer {
  readonly #cluster: Cluster
  readonly #options: GroupConsumerOptions
  readonly #membership: Membership
  readonly #positions = new Map<string, Position>()
  /** What others were told of; positions come later. */
  #assigned: readonly TopicPartition[] = []
  readonly #cancels = new Set<() => void>()
  #topics: readonly string[] = []
  #fetcher: Fetcher | null = null
  #current: FetchedRecords | null = null
  /** The partition of the records that were returned went to another member while they were used. */
  #isCurrentLost = false
  /** Counts changes of the assignment, so that what was begun for an older one is dropped. */
  #round = 0
  /** Whether there is anything to commit. */
  #hasNews = false
  #committing: Promise<void> = Promise.resolve()
  #failure: Error | null = null
  #hasStarted = false
  /** Whether it has asked to be a member. */
  #isMember = false
  #closing: Promise<void> | null = null
  readonly #changes: Changes

  constructor(cluster: Cluster, options: GroupConsumerOptions) {
    requireReadable(JoinGroup, cluster.readOnly)
    this.#cluster = cluster
    this.#options = options
    this.#changes = new Changes(cluster.clock)
    const host: GroupHost = {
      topics: () => this.#topics,
      revoke: (keep) => this.#revoke(keep),
      assign: (partitions) => this.#assign(partitions),
      lose: () => {
        this.#tellRevoked([])
        this.#drop([])
      },
    }
    this.#membership =
      options.group['group.protocol'] === 'consumer'
        ? new ConsumerMember(cluster, options.group, host, options.memberId)
        : new ClassicMember(cluster, options.group, host)
  }

  /**
   * The next records, which may be used until the next call: those of the last call again while some of them were not
   * stepped through. Null when there are none within `timeoutMs`, or after close.
   */
  async next(timeoutMs = Infinity): Promise<FetchedRecords | null> {
    this.#begin()
    this.#passCurrent()
    const starting = this.#isMember ? null : this.#cluster.deadline(timeoutMs + START_MS)
    if (starting !== null) await this.#started(starting)
    const deadline = this.#cluster.deadline(Math.min(timeoutMs, starting?.leftMs ?? Infinity))
    for (;;) {
      if (this.#closing !== null) return null
      if (this.#failure !== null) throw this.#failure
      if (deadline.isOver) return null
      const fetcher = this.#fetcher
      if (fetcher === null) {
        await this.#changes.next(deadline.leftMs)
        continue
      }
      const records = await fetcher.next(deadline.leftMs)
      // While this waited, its partitions may have gone to somebody else.
      if (records === null || fetcher !== this.#fetcher || this.#closing !== null) continue
      this.#current = records
      this.#isCurrentLost = false
      return records
    }
  }

  /** Commits these offsets, whatever was read; throws when they were not taken. */
  async commit(offsets: readonly OffsetToCommit[]): Promise<void> {
    await this.#send(offsets, this.#cluster.defaultApiTimeoutMs)
  }

  /** Ends the wait for records, commits what was read, and leaves the group, all within the time for closing. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #started(deadline: Deadline): Promise<void> {
    while (!this.#isMember && !this.#failure && !this.#closing && !deadline.isOver)
      await this.#changes.next(deadline.leftMs)
  }

  /** Looks for the topics and joins. */
  #begin(): void {
    if (this.#hasStarted) return
    this.#hasStarted = true
    this.#start().catch((error: Error) => this.#fail(error))
  }

  async #start(): Promise<void> {
    const interval = await this.#lookForTopics()
    if (this.#closing !== null) return
    this.#isMember = true
    this.#changes.notify()
    this.#watchTopics(interval)
    if (this.#commits) this.#commitEvery(this.#options.group['auto.commit.interval.ms'])
    this.#membership.run().catch((error: Error) => {
      this.#failure ??= error
      this.#drop([])
    })
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#fetcher?.close()
    this.#changes.notify()
  }

  async #close(): Promise<void> {
    const { lifetime } = this.#cluster
    lifetime.closing()
    this.#membership.stop()
    if (this.#options.usedUpTo) this.#noteUsed()
    else this.#passCurrent()
    this.#current = null
    this.#fetcher?.close()
    for (const cancel of this.#cancels) cancel()
    this.#changes.notify()
    if (!this.#isMember) return
    let step = 'the last commit of'
    const release = lifetime.holdUp(() => `${step} group '${this.#options.group['group.id']}'`)
    try {
      if (this.#failure === null) await this.#commitLast()
      step = 'leaving'
      this.#tellRevoked([])
    } finally {
      this.#drop([])
      // A member that cannot leave is missed when its session is over.
      await lifetime.untilOver(this.#membership.leave())
      release()
    }
  }

  /** After a commit that is under way, which would otherwise set the offsets back. */
  async #commitLast(): Promise<void> {
    const { lifetime } = this.#cluster
    const deadline = lifetime.closing()
    if (await lifetime.untilOver(this.#committing)) await this.#commitNews(deadline.leftMs)
    else this.#options.onCommitFailure(this.#cluster.late(deadline))
  }

  get #commits(): boolean {
    return this.#options.group['enable.auto.commit']
  }

  /** The records that were stepped through are used. */
  #passCurrent(): void {
    const records = this.#current
    this.#current = null
    if (records === null) return
    this.#move(records, records.nextOffset)
    this.#changes.notify()
  }

  /** Moves the position to where the records that were returned are used. */
  #noteUsed(): void {
    const offset = this.#current && this.#options.usedUpTo?.(this.#current)
    if (this.#current !== null && offset !== undefined && offset !== null) this.#move(this.#current, offset)
  }

  #move(records: FetchedRecords, offset: Int64): void {
    const name = partitionName(records)
    const before = this.#positions.get(name)
    if (before === undefined || before.offset === offset || this.#isCurrentLost) return
    this.#positions.set(name, positionAfter(records, offset))
    this.#hasNews = true
  }

  async #assign(partitions: readonly TopicPartition[]): Promise<void> {
    const round = ++this.#round
    this.#tellAssigned(partitions)
    const added = partitions.filter((partition) => !this.#positions.has(partitionName(partition)))
    const { group, fetch } = this.#options
    const found = await startPositions(this.#cluster, group['group.id'], added, fetch)
    if (round !== this.#round || this.#closing !== null) return
    for (const position of found) this.#positions.set(partitionName(position), position)
    // Where nothing was committed the start is news, too.
    if (found.length > 0) this.#hasNews = true
    this.#read()
  }

  async #revoke(keep: readonly TopicPartition[]): Promise<void> {
    const kept = new Set(keep.map(partitionName))
    if ([...this.#positions.keys()].every((name) => kept.has(name))) return this.#tellRevoked(keep)
    this.#fetcher?.close()
    this.#fetcher = null
    await this.#currentUsed(kept)
    await this.#commit(this.#cluster.requestTimeoutMs)
    this.#tellRevoked(keep)
    this.#drop(keep)
  }

  #tellAssigned(partitions: readonly TopicPartition[]): void {
    const before = new Set(this.#assigned.map(partitionName))
    this.#assigned = partitions
    this.#options.onAssigned?.(partitions.filter((partition) => !before.has(partitionName(partition))))
  }

  #tellRevoked(keep: readonly TopicPartition[]): void {
    const kept = new Set(keep.map(partitionName))
    const lost = this.#assigned.filter((partition) => !kept.has(partitionName(partition)))
    if (lost.length === 0) return
    this.#assigned = this.#assigned.filter((partition) => kept.has(partitionName(partition)))
    this.#options.onRevoked?.(lost)
  }

  /**
   * Waits until the records that were returned are used, where their partition is not kept. A reader of our output that
   * stalled must not hold up the whole group: what it did not take is read again by the next member.
   *
   * Differs: a consumer of Kafka leaves its group when records are used for longer than max.poll.interval.ms; here it
   * stays, and only a rebalance takes partitions from it, after half of that time or when nothing is used for 3 s.
   */
  async #currentUsed(kept: ReadonlySet<string>): Promise<void> {
    const deadline = this.#cluster.deadline(this.#options.group['max.poll.interval.ms'] / 2)
    const records = this.#current
    const isWaiting = () =>
      this.#current !== null && this.#current === records && this.#closing === null && !deadline.isOver
    if (records === null || kept.has(partitionName(records))) return
    for (let used = this.#options.usedUpTo?.(records); isWaiting(); ) {
      await this.#changes.next(Math.min(STALLED_MS, deadline.leftMs))
      const before = used
      used = this.#options.usedUpTo?.(records)
      if (isWaiting() && used === before) return
    }
  }

  /** Forgets all partitions but these. */
  #drop(keep: readonly TopicPartition[]): void {
    this.#round++
    const kept = new Set(keep.map(partitionName))
    for (const name of [...this.#positions.keys()]) if (!kept.has(name)) this.#positions.delete(name)
    if (this.#current !== null && !kept.has(partitionName(this.#current))) this.#isCurrentLost = true
    this.#read()
  }

  #read(): void {
    this.#fetcher?.close()
    const targets = [...this.#positions.values()].map(({ topic, partition, offset }) => ({
      topic,
      partition,
      from: this.#nextOffset(topic, partition) ?? offset,
    }))
    const isOver = targets.length === 0 || this.#closing !== null
    this.#fetcher = isOver ? null : new Fetcher(this.#cluster, this.#options.fetch, targets)
    this.#changes.notify()
  }

  /** Where reading goes on in the partition of the records that were returned, whether or not they are used already. */
  #nextOffset(topic: string, partition: number): Int64 | undefined {
    const records = this.#isCurrentLost ? null : this.#current
    return records?.topic === topic && records.partition === partition ? records.nextOffset : undefined
  }

  /** One commit at a time: whoever gives partitions up, or leaves, has to know that the last one has arrived. */
  #commit(timeoutMs: number): Promise<void> {
    this.#committing = this.#committing.then(() => this.#commitNews(timeoutMs))
    return this.#committing
  }

  async #commitNews(timeoutMs: number): Promise<void> {
    this.#noteUsed()
    if (!this.#commits || !this.#hasNews || this.#positions.size === 0) return
    this.#hasNews = false
    try {
      await this.#send([...this.#positions.values()], timeoutMs)
    } catch (error) {
      this.#hasNews = true
      // The last commit, which is still to come, has these offsets as well.
      if (error instanceof Interrupted) return
      this.#options.onCommitFailure(error instanceof Error ? error : new Error(String(error)))
    }
  }

  async #send(offsets: readonly OffsetToCommit[], timeoutMs: number): Promise<void> {
    const groupId = this.#options.group['group.id']
    const instanceId = this.#options.group['group.instance.id']
    const body = {
      groupId,
      generationIdOrMemberEpoch: this.#membership.generation,
      memberId: this.#membership.memberId,
      ...(instanceId === '' ? {} : { groupInstanceId: instanceId }),
      topics: commitTopics(offsets),
    }
    const answer = await requestCoordinator(this.#cluster, 'group', groupId, COMMIT_BY_NAME, body, {
      timeoutMs,
      errorCodeIn: ({ topics }) => coordinatorCode(topics),
    })
    const [[name, error] = []] = partitionErrors(answer.topics)
    if (error) throw new KafkaError(error.code, `${name}: ${error.message}`)
  }

  #commitEvery(intervalMs: number): void {
    this.#every(
      () => intervalMs,
      () => this.#commit(this.#cluster.requestTimeoutMs),
    )
  }

  #watchTopics(firstMs: number): void {
    let intervalMs = firstMs
    this.#every(
      () => intervalMs,
      async () => {
        const before = this.#topics
        intervalMs = await this.#lookForTopics()
        const isSame =
          before.length === this.#topics.length && before.every((name) => this.#topics.includes(name))
        if (isSame) await this.#membership.checkTopics()
        else this.#membership.resubscribe()
      },
    )
  }

  /** Learns the topics, and gives the time until that should be done again. */
  async #lookForTopics(): Promise<number> {
    const { names, isIncomplete } = await this.#options.topics()
    this.#topics = names
    return isIncomplete ? MISSING_TOPIC_MS : this.#options.fetch['metadata.max.age.ms']
  }

  /** Acts again and again until the end, each time after the time that is due then. */
  #every(delayMs: () => number, act: () => Promise<void>): void {
    const cancel = this.#cluster.clock.after(delayMs(), async () => {
      this.#cancels.delete(cancel)
      try {
        await act()
      } catch (error) {
        this.#fail(error instanceof Error ? error : new Error(String(error)))
      }
      if (this.#closing === null) this.#every(delayMs, act)
    })
    this.#cancels.add(cancel)
  }
}
