// What the tools that reset the offsets of groups do alike: who may be reset, the rows, and what is told in the end.

import type { Int64 } from '../../bytes/int64.ts'
import type { CommittedOffset, OffsetToCommit } from '../../client/groups/committed-offsets.ts'
import { comparePartitions, partitionName } from '../../client/topic-partition.ts'
import { KafkaError } from '../../protocol/errors.ts'
import type { Context } from '../context.ts'
import { Failure, throwFailures } from '../failures.ts'
import { exportedPlan } from './reset-file.ts'
import { type ResetRow, resetListing } from './reset-listing.ts'
import { failureOf, type GroupKind } from './sentence.ts'

/** A group whose offsets are not to be reset; Kafka prints its table all the same. */
export class Refusal extends Failure {}

/** Throws where members would go on committing. */
export function requireInactive(groupId: string, state: string): void {
  if (state === 'Empty' || state === 'Dead') return
  throw new Refusal(
    `Error: Assignments can only be reset if the group '${groupId}' is inactive, but the current state is ${state}.`,
    { hint: 'stop its members first', code: 'NON_EMPTY_GROUP' },
  )
}

/** The planned offsets of a group by partition, beside what it has now. */
export function resetRows(
  group: string,
  planned: readonly OffsetToCommit[],
  current: ReadonlyMap<string, Int64 | null>,
  errors: ReadonlyMap<string, Error>,
): ResetRow[] {
  return [...planned].sort(comparePartitions).map((target) => ({
    group,
    topic: target.topic,
    partition: target.partition,
    currentOffset: current.get(partitionName(target)) ?? null,
    newOffset: target.offset,
    error: errors.get(partitionName(target)) ?? null,
  }))
}

export const offsetsByName = (committed: readonly CommittedOffset[]): Map<string, Int64> =>
  new Map(committed.map((found) => [partitionName(found), found.offset]))

/** What became of each group: one that cannot be reset does not keep the others from it. */
export class ResetOutcome {
  readonly rows: ResetRow[] = []
  readonly #refusals: Refusal[] = []
  readonly #failures: Error[] = []

  /** Does what concerns one group; gives what was refused beside it. */
  async attempt(action: () => Promise<readonly Refusal[]>): Promise<void> {
    try {
      this.#refusals.push(...(await action()))
    } catch (error) {
      if (error instanceof Refusal) this.#refusals.push(error)
      else if (error instanceof KafkaError || error instanceof Failure) this.#failures.push(error)
      else throw error
    }
  }

  /** Prints the rows, as a file for --from-file if that is asked for, and throws what went wrong. */
  async tell(
    kind: GroupKind,
    groups: readonly string[],
    { export: isExport }: { readonly export: boolean },
    context: Context,
    fixedWidths?: readonly number[],
  ): Promise<void> {
    const { rows } = this
    const hasNothingToSay = rows.length === 0 && this.#refusals.length === 0 && this.#failures.length > 0
    if (hasNothingToSay) throwFailures(this.#failures)
    if (isExport && context.isText) context.io.out(`${exportedPlan(rows, groups.length === 1)}\n`)
    else await context.print(resetListing(rows, groups, fixedWidths))
    const refused = rows.flatMap(({ error, ...row }) => {
      if (error === null) return []
      return [new Failure(failureOf(kind)(`${row.group}, ${partitionName(row)}: ${error.message}`))]
    })
    throwFailures([...this.#refusals, ...this.#failures, ...refused])
  }
}
