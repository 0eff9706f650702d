import { type Int64, MAX_INT64, MIN_INT64 } from '../../src/bytes/int64.ts'

/** Values around the last one that a number holds exactly, and the ends of Java's long. */
export const INT64_ENDS: readonly Int64[] = [
  Number.MAX_SAFE_INTEGER,
  2n ** 53n,
  2n ** 53n + 1n,
  MAX_INT64,
  MIN_INT64,
  -(2n ** 53n) - 1n,
]
