// A member of a share group (KIP-932). Its answers say what to read; nothing has to be given up before somebody else
// may read it, since records are acquired one by one.

import { checkError, KafkaError } from '../../protocol/errors.ts'
import { ShareGroupHeartbeat } from '../../protocol/messages/share-groups.ts'
import type { Cluster } from '../cluster.ts'
import { CoordinatorLink, isCoordinatorFailure, Pause } from '../groups/coordinator-link.ts'
import { backoffMs } from '../retry.ts'

const LEAVE_EPOCH = -1

/**
 * How long a member without partitions waits at most: in a group that has just come into being the coordinator first
 * has to note where reading starts, and has partitions to give a moment later.
 */
const EMPTY_HANDED_MS = 500

/** Partitions under the ids of their topics. */
export type ShareAssignment = readonly { readonly topicId: string; readonly partitions: readonly number[] }[]

export interface ShareMemberOptions {
  readonly groupId: string
  readonly memberId: string
  readonly topics: readonly string[]
  /** Told what to read from now on. */
  readonly onAssignment: (assignment: ShareAssignment) => void
}

export class ShareMember {
  readonly #cluster: Cluster
  readonly #options: ShareMemberOptions
  readonly #link: CoordinatorLink
  readonly #pause: Pause
  #epoch = 0
  #isEmptyHanded = true
  #isLeaving = false

  constructor(cluster: Cluster, options: ShareMemberOptions) {
    this.#cluster = cluster
    this.#options = options
    this.#link = new CoordinatorLink(cluster, options.groupId)
    this.#pause = new Pause(cluster)
  }

  /** Joins, and stays until it leaves; rejects when the group does not want it. */
  async run(): Promise<void> {
    for (let failures = 0; !this.#isLeaving; ) {
      try {
        const intervalMs = await this.#beat()
        failures = 0
        if (this.#isLeaving) return
        await this.#pause.for(this.#isEmptyHanded ? Math.min(intervalMs, EMPTY_HANDED_MS) : intervalMs)
      } catch (error) {
        if (this.#isLeaving) return
        this.#recover(error)
        await this.#pause.for(backoffMs(++failures, this.#cluster, this.#cluster.random))
      }
    }
  }

  async leave(): Promise<void> {
    this.#isLeaving = true
    this.#pause.end()
    const { groupId, memberId } = this.#options
    if (this.#epoch === 0) return
    await this.#link.send(ShareGroupHeartbeat, { groupId, memberId, memberEpoch: LEAVE_EPOCH })
  }

  async #beat(): Promise<number> {
    const { groupId, memberId, topics, onAssignment } = this.#options
    const answer = await this.#link.send(ShareGroupHeartbeat, {
      groupId,
      memberId,
      memberEpoch: this.#epoch,
      subscribedTopicNames: this.#epoch === 0 ? [...topics] : null,
    })
    checkError(answer.errorCode, answer.errorMessage)
    this.#epoch = answer.memberEpoch
    if (answer.assignment !== null && !this.#isLeaving) {
      this.#isEmptyHanded = answer.assignment.topicPartitions.length === 0
      onAssignment(answer.assignment.topicPartitions)
    }
    return answer.heartbeatIntervalMs
  }

  /** Makes ready to go on or to join again, or throws what will not pass. */
  #recover(error: unknown): void {
    if (isCoordinatorFailure(error)) {
      this.#link.forget()
      return
    }
    const isFenced =
      error instanceof KafkaError &&
      (error.code === 'FENCED_MEMBER_EPOCH' || error.code === 'UNKNOWN_MEMBER_ID')
    if (!isFenced) throw error
    this.#epoch = 0
    this.#isEmptyHanded = true
    this.#options.onAssignment([])
  }
}
