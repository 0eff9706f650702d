import type { TopicPartition } from '../topic-partition.ts'

/** What a member does with the partitions that its group gives it and takes away. */
export interface GroupHost {
  /** What it subscribes to as of now. */
  topics(): readonly string[]
  /** Stops reading all but these; settles when what was used is committed, and heartbeats go on until then. */
  revoke(keep: readonly TopicPartition[]): Promise<void>
  /** Reads these, and nothing else. */
  assign(partitions: readonly TopicPartition[]): Promise<void>
  /** Others may own its partitions already: stops reading, without a commit. */
  lose(): void
}

/** A place in a group: from joining to leaving it. */
export interface Membership {
  readonly memberId: string
  /** The generation or the member epoch that commits carry. */
  readonly generation: number
  /** Settles once it left; rejects when the group does not want it. */
  run(): Promise<void>
  /** Says that the topics are others now. */
  resubscribe(): void
  /** Looks whether topics of the group have changed, where that is the member's job. */
  checkTopics(): Promise<void>
  /** Ends `run` without anything new being asked for; `leave` follows. */
  stop(): void
  leave(): Promise<void>
}
