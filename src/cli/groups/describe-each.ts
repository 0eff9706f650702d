// What the tools for groups of any type do alike when they describe: each shows its own views of what it was answered.

import { answersOf, failuresOf, type GroupResult } from '../../client/groups/coordinated.ts'
import { partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import type { Context } from '../context.ts'
import { Failure, throwFailures } from '../failures.ts'
import { failureOf, type GroupKind } from './sentence.ts'

export interface DescribeOptions {
  readonly timeout: number
  readonly verbose: boolean
  readonly members: boolean
  readonly state: string | true | undefined
}

interface Described {
  readonly groupId: string
  readonly state: string
}

/** What can be printed of groups. */
export interface GroupViews<D> {
  members(groups: readonly D[]): Promise<void>
  states(groups: readonly D[]): Promise<void>
  /** Gives what could not be read. */
  offsets(groups: readonly D[]): Promise<readonly Error[]>
}

/** Prints the view that the options name; groups that cannot be described are told behind the others. */
export async function describeEach<D extends Described>(
  results: ReadonlyMap<string, GroupResult<D>>,
  { members, state }: DescribeOptions,
  views: GroupViews<D>,
): Promise<void> {
  const descriptions = answersOf(results).sort((a, b) => (a.groupId < b.groupId ? -1 : 1))
  const failures = failuresOf(results)
  if (members) await views.members(descriptions)
  else if (state) await views.states(descriptions)
  else failures.push(...(await views.offsets(descriptions)))
  throwFailures(failures)
}

interface FoundOffsets {
  readonly group: string
  readonly offsets: readonly (TopicPartition & { readonly error: Error | null })[]
}

/** The partitions whose offsets are not known, as failures. */
export const unreadable = (kind: GroupKind, groups: readonly FoundOffsets[]): Failure[] =>
  groups.flatMap(({ group, offsets }) =>
    offsets.flatMap((found) => {
      if (found.error === null) return []
      return [new Failure(failureOf(kind)(`group ${group}, ${partitionName(found)}: ${found.error.message}`))]
    }),
  )

const TITLES = { consumer: 'Consumer', share: 'Share', streams: 'Streams' } as const

/** What Kafka's tools tell of groups without members. */
export function sayEmpty(kind: GroupKind, groups: readonly Described[], context: Context): void {
  if (!context.isText) return
  for (const { groupId, state } of groups) {
    if (state === 'Empty') context.say(`\n${TITLES[kind]} group '${groupId}' has no active members.`)
  }
}
