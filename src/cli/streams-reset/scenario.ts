import { Failure } from '../failures.ts'
import { readResetFile } from '../groups/reset-file.ts'
import type { Scenario } from '../groups/reset-plan.ts'
import { type ScenarioOptions, scenarioOf } from '../groups/scenarios.ts'

/** Where the offsets of input topics are to go: to the start, unless options say otherwise. */
export function resetScenario(
  options: Omit<ScenarioOptions, 'group'> & { readonly applicationId: string },
  nowMs: number,
): Scenario {
  try {
    const { fromFile, applicationId } = options
    if (fromFile !== undefined) {
      return { to: 'plan', offsets: readResetFile(fromFile, [applicationId]).get(applicationId) ?? [] }
    }
    const scenario = scenarioOf(options, nowMs)
    return scenario.to === 'current' ? { to: 'earliest' } : scenario
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw new Failure(`ERROR: ${error.message}`, { hint: error.hint, cause: error })
  }
}
