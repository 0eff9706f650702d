import type { Assignment } from './assignment.ts'

/** A member as assignors see it. */
export interface AssignableMember {
  readonly id: string
  readonly instanceId: string | null
  /** Ids of the existing topics that it reads. */
  readonly topics: readonly string[]
  /** What was meant for it before. */
  readonly previous: Assignment
}

export interface AssignorInput {
  readonly members: readonly AssignableMember[]
  /** Whether all of them read the same topics. */
  readonly isHomogeneous: boolean
  /** How many partitions a topic has, by its id. */
  readonly partitionCounts: ReadonlyMap<string, number>
}

/** Finds what each member gets, by its id; who is left out gets nothing. */
export type Assignor = (input: AssignorInput) => Map<string, Assignment>
