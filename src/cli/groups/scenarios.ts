import { Failure } from '../failures.ts'
import { parseDatetime, parseDuration } from './moment.ts'
import { readResetFile } from './reset-file.ts'
import type { Scenario } from './reset-plan.ts'
import { groupFailure } from './sentence.ts'

export interface ScenarioOptions {
  readonly group: readonly string[]
  readonly toOffset: number | undefined
  readonly shiftBy: number | undefined
  readonly toDatetime: string | undefined
  readonly byDuration: string | undefined
  readonly fromFile: string | undefined
  readonly toEarliest: boolean
  readonly toLatest: boolean
}

/** Where the offsets of each group are to go; null for a group that a file does not mention. */
export function scenarios(options: ScenarioOptions, nowMs: number): (group: string) => Scenario | null {
  try {
    const plan = options.fromFile === undefined ? null : readResetFile(options.fromFile, options.group)
    if (plan !== null) {
      return (group) => {
        const offsets = plan.get(group)
        return offsets ? { to: 'plan', offsets } : null
      }
    }
    const scenario = scenarioOf(options, nowMs)
    return () => scenario
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw new Failure(groupFailure(error.message), { hint: error.hint, cause: error })
  }
}

function scenarioOf(options: ScenarioOptions, nowMs: number): Scenario {
  const { toOffset, shiftBy, toDatetime, byDuration } = options
  if (toOffset !== undefined) return { to: 'offset', offset: toOffset }
  if (shiftBy !== undefined) return { to: 'shifted', by: shiftBy }
  if (toDatetime !== undefined) return { to: 'time', timestampMs: parseDatetime(toDatetime) }
  if (byDuration !== undefined) return { to: 'time', timestampMs: nowMs - parseDuration(byDuration) }
  if (options.toEarliest) return { to: 'earliest' }
  return { to: options.toLatest ? 'latest' : 'current' }
}
