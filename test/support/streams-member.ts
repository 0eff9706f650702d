import { sleep } from '../../src/client/clock.ts'
import type { Cluster } from '../../src/client/cluster.ts'
import { requestCoordinator } from '../../src/client/coordinators.ts'
import { StreamsGroupHeartbeat } from '../../src/protocol/messages/streams-groups.ts'
import type { DecodedResponseOf, RequestOf } from '../../src/protocol/schema.ts'

type Answer = DecodedResponseOf<typeof StreamsGroupHeartbeat>
type Topology = NonNullable<RequestOf<typeof StreamsGroupHeartbeat>['topology']>

/** A member of a streams group (KIP-1071) that declares a topology, and takes the tasks it is given. */
export class StreamsMember {
  readonly #cluster: Cluster
  readonly #groupId: string
  readonly #memberId: string
  #epoch = 0
  tasks: NonNullable<Answer['activeTasks']> = []

  constructor(cluster: Cluster, groupId: string, memberId: string) {
    this.#cluster = cluster
    this.#groupId = groupId
    this.#memberId = memberId
  }

  /** Joins, and comes back once the coordinator has given it tasks and heard that it has them. */
  async join(topology: Topology): Promise<void> {
    let answer = await this.#beat({
      topology,
      rebalanceTimeoutMs: 30_000,
      processId: 'process-1',
      clientTags: [],
    })
    for (let left = 100; (answer.activeTasks ?? []).length === 0 && left > 0; left--) {
      await sleep(this.#cluster.clock, 100)
      answer = await this.#beat({})
    }
    this.tasks = answer.activeTasks ?? []
    await this.#beat({})
  }

  async leave(): Promise<void> {
    this.#epoch = -1
    await this.#beat({})
  }

  async #beat(more: Partial<RequestOf<typeof StreamsGroupHeartbeat>>): Promise<Answer> {
    const isJoining = this.#epoch === 0
    const answer = await requestCoordinator(this.#cluster, 'group', this.#groupId, StreamsGroupHeartbeat, {
      groupId: this.#groupId,
      memberId: this.#memberId,
      memberEpoch: this.#epoch,
      endpointInformationEpoch: 0,
      ...(this.#epoch < 0
        ? {}
        : { activeTasks: isJoining ? [] : this.tasks, standbyTasks: [], warmupTasks: [] }),
      ...more,
    })
    this.#epoch = answer.memberEpoch
    return answer
  }
}
