/** The command line makes no sense; nothing was sent. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly hint: string | undefined

  constructor(message: string, { hint }: { hint?: string } = {}) {
    super(message)
    this.hint = hint
  }
}

/** It did not work, in words that are printed as they are. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly hint: string | undefined
  /** The wire error's name, where one stands behind it. */
  readonly code: string | undefined

  constructor(
    message: string,
    { hint, code, cause }: { hint?: string; code?: string; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.hint = hint
    this.code = code
  }
}

/** It worked, but what was asked for does not hold: lag over the limit, a wait that ran out. */
export class ConditionNotMet extends Error {
  override readonly name = 'ConditionNotMet'
}
