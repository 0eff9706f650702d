import { KafkaError } from '../protocol/errors.ts'
import type { Deadline } from './deadline.ts'
import type { Lifetime } from './lifetime.ts'
import { ConnectionError } from './wire/connection-error.ts'

export interface Backoff {
  readonly retryBackoffMs: number
  readonly retryBackoffMaxMs: number
}

/** The wait before retry number `failures`: it doubles, with a fifth of jitter, up to the limit (KIP-580). */
export function backoffMs(failures: number, backoff: Backoff, random: () => number): number {
  const { retryBackoffMs, retryBackoffMaxMs } = backoff
  const term = Math.min(retryBackoffMs * 2 ** Math.max(0, failures - 1), retryBackoffMaxMs)
  return Math.min(term * (0.8 + random() * 0.4), Math.max(retryBackoffMs, retryBackoffMaxMs))
}

/** Whether the same request may work a little later or at another broker. */
export function isRetriable(error: unknown): error is KafkaError | ConnectionError {
  if (error instanceof KafkaError) return error.retriable
  return error instanceof ConnectionError && !FINAL.has(error.failure)
}

/** A broker that is something else, or that does not let this client in, stays so. */
const FINAL: ReadonlySet<string> = new Set(['authentication', 'not-kafka', 'shut-down', 'tls'])

/** A broker that stops may hang up on a first request; one that does so again and again wants something else. */
const isHopeless = (error: Error, failures: number): boolean =>
  error instanceof ConnectionError && error.failure === 'rejected' && failures >= MAX_REJECTIONS

const MAX_REJECTIONS = 3

/** How long a client waits before it reports what it waits for. */
export const QUIET_MS = 1000

export interface Retrying extends Backoff {
  readonly lifetime: Lifetime
  readonly random: () => number
  /** Why an attempt that was still under way at the deadline had not come to an end. */
  late(deadline: Deadline): Error
  /** Reports, for people, what it waits for. */
  notice(line: string): void
}

/**
 * Runs `attempt` until it succeeds, fails for good, or the deadline passes, which also ends an attempt that is under
 * way; then the last error is thrown as it came, so the caller knows what stood in the way. No attempt begins after
 * `patience`.
 */
export async function withRetries<T>(
  retrying: Retrying,
  deadline: Deadline,
  attempt: (failures: number) => Promise<T>,
  patience: Deadline = deadline,
): Promise<T> {
  const { lifetime } = retrying
  const quiet = lifetime.deadline(QUIET_MS)
  let before: unknown
  for (let failures = 0; ; failures++) {
    try {
      return await lifetime.within(deadline, attempt(failures), () => retrying.late(deadline))
    } catch (error) {
      if (!isRetriable(error) || isHopeless(error, failures)) throw error
      // The last attempt may have had no time left to fail for a reason of its own.
      if (deadline.isOver) throw before ?? error
      before = error
      // Connections that fail are reported as such.
      if (error instanceof KafkaError && quiet.isOver) retrying.notice(`waiting: ${error.message}`)
      const waitMs = backoffMs(failures + 1, retrying, retrying.random)
      if (waitMs >= Math.min(deadline.leftMs, patience.leftMs)) throw error
      await lifetime.sleep(waitMs)
    }
  }
}
