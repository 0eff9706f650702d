import type { DatedAssignment } from './assignment.ts'
import type { MemberOwnership } from './consumer-member.ts'

/** Which partitions are owned by some member, also those that it is giving back. */
export class PartitionOwners {
  /** The epoch of the owner by topic id and partition. */
  readonly #epochs = new Map<string, Map<number, number>>()

  has(topicId: string, partition: number): boolean {
    return this.#epochs.get(topicId)?.has(partition) ?? false
  }

  add({ memberEpoch, assigned, revoking }: MemberOwnership): void {
    this.#add(assigned, memberEpoch)
    this.#add(revoking, memberEpoch)
  }

  remove({ memberEpoch, assigned, revoking }: MemberOwnership): void {
    this.#remove(assigned, memberEpoch)
    this.#remove(revoking, memberEpoch)
  }

  #add(assignment: DatedAssignment, epoch: number): void {
    for (const [topicId, partitions] of assignment) {
      let epochs = this.#epochs.get(topicId)
      if (!epochs) {
        epochs = new Map()
        this.#epochs.set(topicId, epochs)
      }
      for (const partition of partitions.keys()) epochs.set(partition, epoch)
    }
  }

  /** Leaves alone what somebody else has got since: a compacted log may tell it in this order. */
  #remove(assignment: DatedAssignment, epoch: number): void {
    for (const [topicId, partitions] of assignment) {
      const epochs = this.#epochs.get(topicId)
      if (!epochs) continue
      for (const partition of partitions.keys()) if (epochs.get(partition) === epoch) epochs.delete(partition)
      if (epochs.size === 0) this.#epochs.delete(topicId)
    }
  }
}
