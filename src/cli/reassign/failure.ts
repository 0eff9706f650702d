import { Failure, SeveralFailures } from '../failures.ts'

/** A failure that Kafka tells as it is, without `Error: ` in front. */
export class Terse extends Failure {}

export const reassignFailure = (reason: string): string => `Error: ${reason}`

/** Puts Kafka's `Error: ` in front of failures that have words of their own. */
export function rethrow(error: unknown): never {
  const isPlain = error instanceof Failure && !(error instanceof Terse)
  if (!isPlain || error instanceof SeveralFailures) throw error
  const { message, hint, code, cause } = error
  throw new Failure(reassignFailure(message), { hint, code, cause })
}
