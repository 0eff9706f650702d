// A member of the classic protocol, with eager rebalancing: whenever the group changes, everyone gives up all partitions
// and joins again. The first to join leads the generation and shares the partitions out.

import { checkError, errorCode, KafkaError } from '../../protocol/errors.ts'
import { Heartbeat, JoinGroup, LeaveGroup, SyncGroup } from '../../protocol/messages/classic-groups.ts'
import type { DecodedResponseOf } from '../../protocol/schema.ts'
import type { Cluster } from '../cluster.ts'
import { backoffMs } from '../retry.ts'
import type { TopicPartition } from '../topic-partition.ts'
import { ASSIGNORS, type AssignorName, type Subscriber } from './assignors.ts'
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from './consumer-protocol.ts'
import { bothSettled, CoordinatorLink, isCoordinatorFailure, Pause } from './coordinator-link.ts'
import type { GroupSettings } from './group-config.ts'
import type { GroupHost, Membership } from './membership.ts'

const PROTOCOL_TYPE = 'consumer'

/** How much longer than the rebalance itself its answer may take. */
const JOIN_SLACK_MS = 5000

type Joined = DecodedResponseOf<typeof JoinGroup>

export class ClassicMember implements Membership {
  memberId = ''
  generation = -1
  readonly #cluster: Cluster
  readonly #settings: GroupSettings
  readonly #host: GroupHost
  readonly #link: CoordinatorLink
  readonly #pause: Pause
  #isLeaving = false
  #mustRejoin = false
  /** What the partitions were shared out by, while this member leads. */
  #counts: ReadonlyMap<string, number> | null = null

  constructor(cluster: Cluster, settings: GroupSettings, host: GroupHost) {
    this.#cluster = cluster
    this.#settings = settings
    this.#host = host
    this.#link = new CoordinatorLink(cluster, settings['group.id'])
    this.#pause = new Pause(cluster)
  }

  async run(): Promise<void> {
    for (let failures = 0; !this.#isLeaving; ) {
      try {
        await this.#takePart()
        failures = 0
      } catch (error) {
        if (this.#isLeaving) return
        this.#host.lose()
        this.#recover(error)
        await this.#pause.for(backoffMs(++failures, this.#cluster, this.#cluster.random))
      }
    }
  }

  resubscribe(): void {
    this.#mustRejoin = true
    this.#pause.end()
  }

  async checkTopics(): Promise<void> {
    if (this.#counts === null) return
    const counts = await this.#partitionCounts(this.#counts.keys())
    const isSame = [...counts].every(([topic, count]) => this.#counts?.get(topic) === count)
    if (!isSame) this.resubscribe()
  }

  stop(): void {
    this.#isLeaving = true
    this.#pause.end()
  }

  async leave(): Promise<void> {
    this.stop()
    // Static members come back under their name, and until then nobody is to get their partitions.
    if (this.memberId === '' || this.#settings['group.instance.id'] !== '') return
    const { memberId } = this
    const reason = 'the consumer is being closed'
    await this.#link.send(
      LeaveGroup,
      (version) => ({
        groupId: this.#settings['group.id'],
        ...(version >= 3 ? { members: [{ memberId, reason }] } : { memberId }),
      }),
      // A join that waits would keep this waiting on its own connection.
      { channel: 'main' },
    )
  }

  /** One generation, from joining it to giving its partitions up. */
  async #takePart(): Promise<void> {
    this.#mustRejoin = false
    const partitions = await this.#join()
    if (this.#isLeaving) return
    let failure: Error | null = null
    const assigning = this.#host.assign(partitions).catch((error: Error) => {
      failure = error
      this.#pause.end()
    })
    await this.#beat(() => failure !== null)
    await assigning
    if (failure !== null) throw failure
    if (!this.#isLeaving) await this.#beatDuring(this.#host.revoke([]))
  }

  /** Stays in the group while partitions are given up: what was read from them may still be waiting to be used. */
  async #beatDuring(work: Promise<void>): Promise<void> {
    let isOver = false
    const done = work.finally(() => {
      isOver = true
      this.#pause.end()
    })
    await bothSettled(
      done,
      this.#beat(() => isOver, true),
    )
  }

  /** Stays in the generation until it ends, or while it ends. */
  async #beat(mustStop: () => boolean, isEnding = false): Promise<void> {
    while (!mustStop()) {
      await this.#pause.for(this.#settings['heartbeat.interval.ms'])
      if (this.#isLeaving || (this.#mustRejoin && !isEnding) || mustStop()) return
      try {
        const answer = await this.#link.send(Heartbeat, {
          groupId: this.#settings['group.id'],
          generationId: this.generation,
          memberId: this.memberId,
          ...this.#instance,
        })
        if (answer.errorCode === errorCode('REBALANCE_IN_PROGRESS')) {
          if (isEnding) continue
          return
        }
        checkError(answer.errorCode)
      } catch (error) {
        // The group waits for a member as long as its session lasts, and so it goes on reading.
        if (!isCoordinatorFailure(error)) throw error
        this.#link.forget()
      }
    }
  }

  async #join(): Promise<TopicPartition[]> {
    const joined = await this.#askToJoin()
    this.memberId = joined.memberId
    this.generation = joined.generationId
    const isLeader = joined.leader === joined.memberId
    this.#counts = null
    const assignments = isLeader && !joined.skipAssignment ? await this.#shareOut(joined) : []
    const answer = await this.#link.send(
      SyncGroup,
      {
        groupId: this.#settings['group.id'],
        generationId: this.generation,
        memberId: this.memberId,
        ...this.#instance,
        protocolType: PROTOCOL_TYPE,
        protocolName: joined.protocolName,
        assignments,
      },
      { timeoutMs: this.#joinTimeoutMs, heldMs: Infinity },
    )
    checkError(answer.errorCode)
    return decodeAssignment(answer.assignment)
  }

  async #askToJoin(): Promise<Joined> {
    const metadata = encodeSubscription(this.#host.topics())
    for (;;) {
      const joined = await this.#link.send(
        JoinGroup,
        {
          groupId: this.#settings['group.id'],
          sessionTimeoutMs: this.#settings['session.timeout.ms'],
          rebalanceTimeoutMs: this.#settings['max.poll.interval.ms'],
          memberId: this.memberId,
          ...this.#instance,
          protocolType: PROTOCOL_TYPE,
          protocols: this.#settings['partition.assignment.strategy'].map((name) => ({ name, metadata })),
        },
        { timeoutMs: this.#joinTimeoutMs, heldMs: Infinity },
      )
      if (joined.errorCode !== errorCode('MEMBER_ID_REQUIRED')) {
        checkError(joined.errorCode)
        return joined
      }
      this.memberId = joined.memberId
    }
  }

  get #joinTimeoutMs(): number {
    return Math.max(this.#cluster.requestTimeoutMs, this.#settings['max.poll.interval.ms'] + JOIN_SLACK_MS)
  }

  get #instance(): { groupInstanceId?: string } {
    const id = this.#settings['group.instance.id']
    return id === '' ? {} : { groupInstanceId: id }
  }

  async #shareOut({ members, protocolName }: Joined) {
    const subscribers: Subscriber[] = members.map(({ memberId, groupInstanceId, metadata }) => ({
      memberId,
      instanceId: groupInstanceId,
      topics: decodeSubscription(metadata),
    }))
    const counts = await this.#partitionCounts(subscribers.flatMap(({ topics }) => topics))
    this.#counts = counts
    const existing = new Map([...counts].filter(([, count]) => count > 0))
    const shares = ASSIGNORS[protocolName as AssignorName](subscribers, existing)
    return [...shares].map(([memberId, partitions]) => ({
      memberId,
      assignment: encodeAssignment(partitions),
    }))
  }

  /** 0 for topics that do not exist yet. */
  async #partitionCounts(topics: Iterable<string>): Promise<Map<string, number>> {
    const names = [...new Set(topics)]
    const found = await this.#cluster.topics(names, { refresh: true })
    return new Map(names.map((name) => [name, found.get(name)?.partitions.length ?? 0]))
  }

  /** Makes ready to join again, or throws what will not pass. */
  #recover(error: unknown): void {
    if (isCoordinatorFailure(error)) {
      this.#link.forget()
      return
    }
    if (!(error instanceof KafkaError)) throw error
    if (error.code === 'UNKNOWN_MEMBER_ID') this.memberId = ''
    else if (!error.retriable && !REJOIN.has(error.code)) throw error
  }
}

const REJOIN: ReadonlySet<string> = new Set(['ILLEGAL_GENERATION', 'REBALANCE_IN_PROGRESS'])
