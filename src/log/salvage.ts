// Finds whole batches after bytes that are none. A damaged length leaves no way to walk on from batch to batch, so every
// byte is tried as the start of one: its fixed fields leave few candidates, and the CRC decides.

import {
  BATCH_OVERHEAD,
  batchSize,
  CURRENT_MAGIC,
  computeCrc,
  lastOffsetDelta,
  MAGIC_AT,
  recordCount,
  storedCrc,
} from '../records/batch.ts'
import { offsetFault, type SegmentBounds } from './batch-order.ts'
import { BatchScanner } from './batch-scanner.ts'
import type { ReadableFile } from './files.ts'
import { baseOffset, lastOffset } from './log-offsets.ts'
import { MAX_RELATIVE_OFFSET } from './offset-index.ts'
import { isCorruptBatch } from './storage-error.ts'

const CHUNK_BYTES = 1024 * 1024
/** Bytes of candidates compared with their CRCs, for each byte searched: records may hold what looks like batches. */
const CRC_BUDGET = 8

/** Part of a file: whole batches, or what is none. */
export interface FilePart {
  readonly from: number
  readonly to: number
  readonly isWhole: boolean
  /** Where its whole batches start, and the offset after them. */
  readonly startOffset: number
  readonly endOffset: number
  readonly records: number
  /** Why its bytes are no batch, or why whole batches end there. */
  readonly reason: string
}

/** The parts of [from, to) in order, whole ones and others in turn; `end` is where the batches before `from` end. */
export function fileParts(
  file: ReadableFile,
  path: string,
  { from, to, end }: { from: number; to: number; end: number },
  bounds: SegmentBounds,
): FilePart[] {
  const parts: FilePart[] = []
  let next = end
  for (let position = from; position < to; ) {
    const whole = wholePart(file, path, position, to, next, bounds)
    if (whole.to > position) parts.push(whole)
    next = whole.endOffset
    position = whole.to
    if (position === to) break
    const found = findBatch(file, position + 1, to, next)
    const until = found < 0 ? to : found
    parts.push({ ...whole, from: position, to: until, isWhole: false, startOffset: next, records: 0 })
    position = until
  }
  return parts
}

/** Whole batches from the position on, as far as they go, and why they end. */
function wholePart(
  file: ReadableFile,
  path: string,
  from: number,
  to: number,
  end: number,
  bounds: SegmentBounds,
): FilePart {
  const scanner = new BatchScanner(file, path, from, to, true)
  const part = { from, to: from, isWhole: true, startOffset: end, endOffset: end, records: 0, reason: '' }
  try {
    while (scanner.next()) {
      const { buffer, at, position, size } = scanner
      const fault = offsetFault(scanner, file, part.endOffset, bounds)
      if (fault !== null) return { ...part, reason: fault }
      if (part.records === 0) part.startOffset = baseOffset(buffer, at)
      part.to = position + size
      part.endOffset = lastOffset(buffer, at) + 1
      part.records += recordCount(buffer, at)
    }
  } catch (error) {
    if (!isCorruptBatch(error)) throw error
    return { ...part, reason: scanner.fault }
  }
  return part
}

/** Where the first whole batch at or after `from` starts whose offset is at least `minOffset`; -1 without one. */
export function findBatch(file: ReadableFile, from: number, to: number, minOffset: number): number {
  let budget = CRC_BUDGET * (to - from)
  const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, Math.max(0, to - from)))
  for (let start = from; to - start >= BATCH_OVERHEAD; start += chunk.length - BATCH_OVERHEAD + 1) {
    const got = file.read(chunk, 0, Math.min(chunk.length, to - start), start)
    for (let at = 0; at + BATCH_OVERHEAD <= got; at++) {
      const left = to - start - at
      if (!isCandidate(chunk, at, left, minOffset)) continue
      const size = batchSize(chunk, at)
      budget -= size
      if (budget < 0) return -1
      if (isWholeBatch(file, start + at, size)) return start + at
    }
    if (got < chunk.length) break
  }
  return -1
}

function isCandidate(buffer: Buffer, at: number, left: number, minOffset: number): boolean {
  if (buffer[at + MAGIC_AT] !== CURRENT_MAGIC) return false
  const size = batchSize(buffer, at)
  if (size < BATCH_OVERHEAD || size > left) return false
  const offset = baseOffset(buffer, at)
  if (offset < minOffset || offset > minOffset + MAX_RELATIVE_OFFSET) return false
  return lastOffsetDelta(buffer, at) >= 0 && recordCount(buffer, at) >= 0
}

function isWholeBatch(file: ReadableFile, position: number, size: number): boolean {
  const bytes = Buffer.allocUnsafe(size)
  return file.read(bytes, 0, size, position) === size && computeCrc(bytes, 0) === storedCrc(bytes, 0)
}
