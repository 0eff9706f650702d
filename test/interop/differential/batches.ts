import { addInt64, type Int64 } from '../../../src/bytes/int64.ts'
import { CURRENT_MAGIC, setBaseOffset, updateCrc } from '../../../src/records/batch.ts'
import { type CodecName, codecByName, loadCodecs } from '../../../src/records/compression.ts'
import { BatchBuilder } from '../../../src/records/record.ts'

await loadCodecs()

/** Times of records: the same for both brokers. */
export const NOW_MS = Date.now()

export interface BatchSpec {
  values?: readonly (string | null)[]
  keys?: readonly (string | null)[]
  timestamp?: Int64
  codec?: CodecName
  producerId?: Int64
  producerEpoch?: number
  baseSequence?: number
  isTransactional?: boolean
}

/** A batch as a client makes it. */
export function batch({
  values = ['a', 'b'],
  keys,
  timestamp = NOW_MS,
  codec,
  ...options
}: BatchSpec = {}): Buffer {
  const builder = new BatchBuilder()
  for (const [index, value] of values.entries()) {
    const key = keys?.[index] ?? null
    builder.append(
      addInt64(timestamp, index),
      key === null ? null : Buffer.from(key),
      value === null ? null : Buffer.from(value),
      [['n', Buffer.from(String(index))]],
    )
  }
  return Buffer.from(
    builder.build({ ...options, ...(codec && codec !== 'none' ? { codec: codecByName(codec) } : {}) }),
  )
}

/** A batch with something changed in its bytes, and a CRC that fits. */
export function altered(change: (bytes: Buffer) => void, spec: BatchSpec = {}): Buffer {
  const bytes = batch(spec)
  change(bytes)
  if (bytes.readInt8(16) === CURRENT_MAGIC) updateCrc(bytes, 0)
  return bytes
}

/** A batch whose CRC does not fit. */
export function corrupted(at: number): Buffer {
  const bytes = batch()
  bytes[at]! ^= 1
  return bytes
}

export function withBaseOffset(offset: Int64): Buffer {
  const bytes = batch()
  setBaseOffset(bytes, 0, offset)
  return bytes
}
