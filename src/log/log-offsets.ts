// Offsets in the logs of this broker are numbers. No log reaches 2^53: appends that would get there are refused
// (append-check.ts), and recovery cuts the log before a batch that claims to be there.

import { type Int64, toSafeNumber } from '../bytes/int64.ts'
import * as batch from '../records/batch.ts'

/** An offset from outside, for comparison with those of a log: one past 2^53 is after the end of every log. */
export const toLogOffset = (offset: Int64): number => toSafeNumber(offset)

export const baseOffset = (buffer: Buffer, at: number): number => toLogOffset(batch.baseOffset(buffer, at))

export const lastOffset = (buffer: Buffer, at: number): number =>
  baseOffset(buffer, at) + batch.lastOffsetDelta(buffer, at)
