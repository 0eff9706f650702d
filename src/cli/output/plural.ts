import type { Int64 } from '../../bytes/int64.ts'

/** A number with what it counts: `1 partition`, `3 partitions`. */
export const plural = (count: Int64, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
