import type { FetchedRecords } from '../../client/fetch/fetched-records.ts'
import { readHeaders } from '../../records/record.ts'
import type { ConsumedRecord } from './formatter.ts'

/** Records that are stepped through; `cursor` points at the current one. */
type SteppedRecords = Pick<
  FetchedRecords,
  'topic' | 'partition' | 'offset' | 'timestampMs' | 'timestampType' | 'cursor'
>

/** The record that the cursor stands on; its bytes are views, good until the next one. */
export function currentRecord(records: SteppedRecords): ConsumedRecord {
  const { cursor } = records
  const { buffer, keyAt, keyBytes, valueAt, valueBytes } = cursor
  return {
    topic: records.topic,
    partition: records.partition,
    offset: records.offset,
    timestamp: records.timestampMs,
    timestampType: records.timestampType,
    key: keyBytes < 0 ? null : buffer.subarray(keyAt, keyAt + keyBytes),
    value: valueBytes < 0 ? null : buffer.subarray(valueAt, valueAt + valueBytes),
    headers: readHeaders(cursor),
  }
}
