// Looking for a record by its timestamp inside of one batch, with arguments and results that can cross threads.
import type { Int64 } from '../../bytes/int64.ts'
import { compressionId } from '../../records/batch.ts'
import { loadCodec } from '../../records/compression.ts'
import { type FoundTimestamp, lookUpTimestamp } from '../../records/timestamp-lookup.ts'

export interface LookUpArguments {
  /** One batch. */
  readonly records: Uint8Array
  /** The record has this timestamp or a later one. */
  readonly timestamp: Int64
  /** The record has this offset or a later one. */
  readonly from: number
}

export async function runLookUp({
  records,
  timestamp,
  from,
}: LookUpArguments): Promise<FoundTimestamp | null> {
  const batch = Buffer.from(records.buffer, records.byteOffset, records.length)
  await loadCodec(compressionId(batch, 0))
  return lookUpTimestamp(batch, timestamp, from)
}
