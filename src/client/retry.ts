import { KafkaError } from '../protocol/errors.ts'
import type { Clock } from './clock.ts'
import { sleep } from './clock.ts'
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

/** A point in time, and how long it is until then. */
export class Deadline {
  readonly #clock: Clock
  readonly #atMs: number
  readonly timeoutMs: number

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock
    this.#atMs = clock.monotonicMs() + timeoutMs
    this.timeoutMs = timeoutMs
  }

  get leftMs(): number {
    return Math.max(0, this.#atMs - this.#clock.monotonicMs())
  }

  get isOver(): boolean {
    return this.leftMs === 0
  }
}

/** A broker that stops may hang up on a first request; one that does so again and again wants something else. */
const isHopeless = (error: Error, failures: number): boolean =>
  error instanceof ConnectionError && error.failure === 'rejected' && failures >= MAX_REJECTIONS

const MAX_REJECTIONS = 3

export interface Retrying extends Backoff {
  readonly clock: Clock
  readonly random: () => number
}

/**
 * Runs `attempt` until it succeeds, fails for good, or the deadline passes; then the last error is thrown as it
 * came, so the caller knows what stood in the way.
 */
export async function withRetries<T>(
  retrying: Retrying,
  deadline: Deadline,
  attempt: (failures: number) => Promise<T>,
): Promise<T> {
  let before: unknown
  for (let failures = 0; ; failures++) {
    try {
      return await attempt(failures)
    } catch (error) {
      if (!isRetriable(error) || isHopeless(error, failures)) throw error
      // The last attempt may have had no time left to fail for a reason of its own.
      if (deadline.isOver) throw before ?? error
      before = error
      const waitMs = backoffMs(failures + 1, retrying, retrying.random)
      if (waitMs >= deadline.leftMs) throw error
      await sleep(retrying.clock, waitMs)
    }
  }
}
