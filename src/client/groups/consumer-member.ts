// A member of the newer protocol (KIP-848): one request does it all. Its answers say which partitions the member is to
// have, and the member says which it has; what it is to lose goes first, and only then does somebody else get it.

import { checkError, KafkaError } from '../../protocol/errors.ts'
import { ConsumerGroupHeartbeat } from '../../protocol/messages/consumer-groups.ts'
import type { DecodedResponseOf } from '../../protocol/schema.ts'
import type { Cluster } from '../cluster.ts'
import { backoffMs } from '../retry.ts'
import type { TopicPartition } from '../topic-partition.ts'
import { bothSettled, CoordinatorLink, isCoordinatorFailure, Pause } from './coordinator-link.ts'
import type { GroupSettings } from './group-config.ts'
import type { GroupHost, Membership } from './membership.ts'

const LEAVE_EPOCH = -1
const STATIC_LEAVE_EPOCH = -2

type Target = NonNullable<DecodedResponseOf<typeof ConsumerGroupHeartbeat>['assignment']>['topicPartitions']

export class ConsumerMember implements Membership {
  readonly memberId: string
  generation = 0
  readonly #cluster: Cluster
  readonly #settings: GroupSettings
  readonly #host: GroupHost
  readonly #link: CoordinatorLink
  readonly #pause: Pause
  #isLeaving = false
  /** Whether the next request tells everything, and not only what is new. */
  #tellsAll = true
  #hasNewTopics = false
  #intervalMs = 0
  #owned: Target = []
  /** What the member is to have; null when it has that. */
  #target: Target | null = null
  /** Settles when the partitions of the last assignment are being read. */
  #assigning: Promise<void> = Promise.resolve()
  #failure: Error | null = null

  constructor(cluster: Cluster, settings: GroupSettings, host: GroupHost, memberId: string) {
    this.#cluster = cluster
    this.#settings = settings
    this.#host = host
    this.memberId = memberId
    this.#link = new CoordinatorLink(cluster, settings['group.id'])
    this.#pause = new Pause(cluster)
  }

  async run(): Promise<void> {
    for (let failures = 0; !this.#isLeaving; ) {
      try {
        await this.#beat()
        failures = 0
        if (this.#failure !== null) throw this.#failure
        const hasChanged = !this.#isLeaving && (await this.#reconcile())
        if (!hasChanged && !this.#isLeaving) await this.#pause.for(this.#intervalMs)
      } catch (error) {
        if (this.#isLeaving) return
        this.#recover(error)
        await this.#pause.for(backoffMs(++failures, this.#cluster, this.#cluster.random))
      }
    }
  }

  resubscribe(): void {
    this.#hasNewTopics = true
    this.#pause.end()
  }

  /** The brokers look after that. */
  async checkTopics(): Promise<void> {}

  stop(): void {
    this.#isLeaving = true
    this.#pause.end()
  }

  async leave(): Promise<void> {
    this.stop()
    // The coordinator has never heard of it.
    if (!this.#link.hasSent) return
    const instanceId = this.#settings['group.instance.id']
    await this.#link.send(ConsumerGroupHeartbeat, {
      groupId: this.#settings['group.id'],
      memberId: this.memberId,
      memberEpoch: instanceId === '' ? LEAVE_EPOCH : STATIC_LEAVE_EPOCH,
      ...this.#instance,
    })
  }

  /** Reports what is new. */
  async #beat(): Promise<void> {
    const all = this.#tellsAll
    const subscribedTopicNames = all || this.#hasNewTopics ? [...this.#host.topics()] : null
    this.#hasNewTopics = false
    const assignor = this.#settings['group.remote.assignor']
    const answer = await this.#link.send(ConsumerGroupHeartbeat, {
      groupId: this.#settings['group.id'],
      memberId: this.memberId,
      memberEpoch: this.generation,
      ...this.#instance,
      ...(all ? { rebalanceTimeoutMs: this.#settings['max.poll.interval.ms'] } : {}),
      ...(all && assignor !== '' ? { serverAssignor: assignor } : {}),
      subscribedTopicNames,
      topicPartitions: this.#tellsOwned || all ? this.#owned : null,
    })
    checkError(answer.errorCode, answer.errorMessage)
    this.generation = answer.memberEpoch
    this.#tellsAll = false
    this.#tellsOwned = false
    if (answer.assignment !== null) this.#target = answer.assignment.topicPartitions
    this.#intervalMs = answer.heartbeatIntervalMs
  }

  /** Stays in the group while partitions are given up: what was read from them may still be waiting to be used. */
  async #beatDuring(work: Promise<void>): Promise<void> {
    let isOver = false
    const done = work.finally(() => {
      isOver = true
      this.#pause.end()
    })
    const beat = async (): Promise<void> => {
      while (!isOver && !this.#isLeaving) {
        await this.#pause.for(this.#intervalMs)
        if (isOver || this.#isLeaving) return
        await this.#beat().catch((error: unknown) => {
          if (!isCoordinatorFailure(error)) throw error
          this.#tellsAll = true
          this.#link.forget()
        })
      }
    }
    await bothSettled(done, beat())
  }

  #tellsOwned = false

  /** Takes over what it is to have; whether the coordinator should hear of it. */
  async #reconcile(): Promise<boolean> {
    const target = this.#target
    if (target === null) return false
    const partitions = await this.#named(target)
    // A topic that this client cannot see yet: with the next beat.
    if (partitions === null) return false
    await this.#beatDuring(this.#assigning)
    // A heartbeat brought another one meanwhile.
    if (this.#target !== target) return true
    this.#target = null
    await this.#beatDuring(this.#host.revoke(partitions))
    this.#owned = target
    this.#tellsOwned = true
    // Reading starts while the heart goes on beating.
    this.#assigning = this.#host.assign(partitions).catch((error: Error) => {
      this.#failure = error
      this.#pause.end()
    })
    return true
  }

  async #named(target: Target): Promise<TopicPartition[] | null> {
    const names = await this.#namesById(false)
    const isKnown = target.every(({ topicId }) => names.has(topicId))
    const found = isKnown ? names : await this.#namesById(true)
    if (!target.every(({ topicId }) => found.has(topicId))) return null
    return target.flatMap(({ topicId, partitions }) =>
      partitions.map((partition) => ({ topic: found.get(topicId)!, partition })),
    )
  }

  async #namesById(refresh: boolean): Promise<Map<string, string>> {
    const topics = await this.#cluster.topics(this.#host.topics(), { refresh })
    return new Map([...topics.values()].map(({ topicId, name }) => [topicId, name]))
  }

  get #instance(): { instanceId?: string } {
    const id = this.#settings['group.instance.id']
    return id === '' ? {} : { instanceId: id }
  }

  /** Makes ready to go on or to join again, or throws what will not pass. */
  #recover(error: unknown): void {
    this.#tellsAll = true
    if (isCoordinatorFailure(error)) {
      this.#link.forget()
      return
    }
    const isFenced =
      error instanceof KafkaError &&
      (error.code === 'FENCED_MEMBER_EPOCH' || error.code === 'UNKNOWN_MEMBER_ID')
    if (!isFenced) throw error
    this.#host.lose()
    this.generation = 0
    this.#owned = []
    this.#target = null
  }
}
