import { type Int64, toSafeNumber } from '../bytes/int64.ts'

/** Where the time comes from. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970, for timestamps: it jumps when the machine's clock is set. */
  now(): number
  /** Milliseconds since some moment in the past, for durations and deadlines: it never jumps. */
  monotonicMs(): number
}

/**
 * The moment of a timestamp in monotonic time. A duration measured from it does not change when the wall clock is set
 * later. A timestamp in the future counts as now.
 */
export const momentOf = (clock: Clock, timestamp: Int64): number =>
  clock.monotonicMs() - Math.max(0, clock.now() - toSafeNumber(timestamp))
