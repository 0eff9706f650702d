/** The command line makes no sense; nothing was sent. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly hint: string | undefined

  constructor(message: string, { hint }: { hint?: string | undefined } = {}) {
    super(message)
    this.hint = hint
  }
}

export interface FailureOptions {
  readonly hint?: string | undefined
  readonly code?: string | undefined
  readonly cause?: unknown
  /** The exit code that Kafka's tool has for this failure, where it is not the one for all of its failures. */
  readonly kafkaExit?: number | undefined
}

/** It did not work, in words that are printed as they are. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly hint: string | undefined
  /** The wire error's name, where one stands behind it. */
  readonly code: string | undefined
  readonly kafkaExit: number | undefined

  constructor(message: string, { hint, code, cause, kafkaExit }: FailureOptions = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.hint = hint
    this.code = code
    this.kafkaExit = kafkaExit
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** It worked, but what was asked for does not hold: lag over the limit, a wait that ran out. */
export class ConditionNotMet extends Error {
  override readonly name = 'ConditionNotMet'
}

/** Several items failed, each for a reason of its own; all of them are told. */
export class SeveralFailures extends Error {
  override readonly name = 'SeveralFailures'
  readonly failures: readonly Error[]

  constructor(failures: readonly Error[]) {
    super(failures.map(({ message }) => message).join('; '))
    this.failures = failures
  }
}

/** Throws what failed, as it is when that is one thing alone. */
export function throwFailures(failures: readonly Error[]): void {
  if (failures.length === 1) throw failures[0]
  if (failures.length > 1) throw new SeveralFailures(failures)
}
