import { type Int64, subtractInt64 } from '../../bytes/int64.ts'
import { Failure } from '../failures.ts'
import { parseDatetime, parseDuration } from './moment.ts'
import { readResetFile } from './reset-file.ts'
import type { Scenario } from './reset-plan.ts'
import { failureOf, type GroupKind } from './sentence.ts'

export interface ScenarioOptions {
  readonly group: readonly string[]
  readonly toOffset?: Int64 | undefined
  readonly shiftBy?: Int64 | undefined
  readonly toDatetime?: string | undefined
  readonly byDuration?: string | undefined
  readonly fromFile?: string | undefined
  readonly toEarliest: boolean
  readonly toLatest: boolean
}

/** Where the offsets of each group are to go; null for a group that a file does not mention. */
export function scenarios(
  options: ScenarioOptions,
  nowMs: number,
  kind: GroupKind = 'consumer',
): (group: string) => Scenario | null {
  return wordedFor<(group: string) => Scenario | null>(kind, () => {
    if (options.fromFile === undefined) {
      const scenario = scenarioOf(options, nowMs)
      return () => scenario
    }
    const plan = readResetFile(options.fromFile, options.group)
    return (group) => {
      const offsets = plan.get(group)
      return offsets ? { to: 'plan', offsets } : null
    }
  })
}

/** Where offsets of a share group are to go. */
export const shareScenario = (
  options: Pick<ScenarioOptions, 'toDatetime' | 'toEarliest' | 'toLatest'>,
  nowMs: number,
): Scenario => wordedFor('share', () => scenarioOf(options, nowMs))

function wordedFor<T>(kind: GroupKind, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw new Failure(failureOf(kind)(error.message), { hint: error.hint, cause: error })
  }
}

/** The place that one of the options names; what is committed when none does. */
export function scenarioOf(options: Omit<ScenarioOptions, 'group' | 'fromFile'>, nowMs: number): Scenario {
  const { toOffset, shiftBy, toDatetime, byDuration } = options
  if (toOffset !== undefined) return { to: 'offset', offset: toOffset }
  if (shiftBy !== undefined) return { to: 'shifted', by: shiftBy }
  if (toDatetime !== undefined) return { to: 'time', timestampMs: parseDatetime(toDatetime) }
  if (byDuration !== undefined)
    return { to: 'time', timestampMs: subtractInt64(nowMs, parseDuration(byDuration)) }
  if (options.toEarliest) return { to: 'earliest' }
  return { to: options.toLatest ? 'latest' : 'current' }
}
