import { UsageError } from '../failures.ts'
import type { Given } from '../option-spec.ts'
import { forbid, nameOf } from '../options.ts'

/** Refuses options that exist beside some actions only, in jopt-simple's words. */
export function checkPlaces(
  given: Given,
  places: readonly (readonly [option: string, actions: readonly string[]])[],
): void {
  for (const [option, actions] of places) {
    if (given.has(option) && !actions.some((action) => given.has(action))) {
      throw new UsageError(
        `Option(s) [${nameOf(option)}] are unavailable given other options on the command line`,
      )
    }
  }
}

/** Refuses --describe of nothing, and of several things at once. */
export function checkDescribe(given: Given): void {
  requireGroup(given, 'describe')
  if ((['members', 'offsets', 'state'] as const).filter((option) => given.has(option)).length > 1) {
    throw new UsageError(
      'Option [describe] takes at most one of these options: [members], [offsets], [state]',
    )
  }
  if (given.texts('state').length > 0) {
    throw new UsageError('Option [describe] does not take a value for [state]')
  }
}

export function requireGroup(given: Given, action: string): void {
  if (given.has('group') || given.has('allGroups')) return
  throw new UsageError(`Option [${nameOf(action)}] takes one of these options: [all-groups], [group]`)
}

/** Refuses two options of which each says alone where offsets go. */
export function forbidSeveral(given: Given, scenarios: readonly string[]): void {
  for (const scenario of scenarios) {
    forbid(
      given,
      scenario,
      scenarios.filter((other) => other !== scenario),
    )
  }
}

/** Refuses a reset that says both or neither of --dry-run and --execute. */
export function checkExecution(given: Given, isRequired: boolean): void {
  if (given.has('dryRun') && given.has('execute')) {
    throw new UsageError('Option [reset-offsets] only accepts one of [execute] and [dry-run]')
  }
  if (isRequired && !given.has('dryRun') && !given.has('execute')) {
    throw new UsageError('Option [reset-offsets] takes the option: [execute] or [dry-run]')
  }
}
