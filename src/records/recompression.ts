import { addInt64 } from '../bytes/int64.ts'
import {
  baseSequence,
  baseTimestamp,
  isTransactional,
  maxTimestamp,
  producerEpoch,
  producerId,
  timestampType,
} from './batch.ts'
import { codecById } from './compression.ts'
import { BatchBuilder, readHeaders } from './record.ts'
import type { RecordCursor } from './record-cursor.ts'

/** The records under `read` as a new batch with offsets from 0 on, packed by another codec; the producer's fields stay. */
export function rebuildBatch(batch: Buffer, read: RecordCursor, codecId: number, level?: number): Buffer {
  const { buffer } = read
  const cursor = read.restarted()
  const firstTimestamp = baseTimestamp(batch, 0)
  const batchTimestamp = timestampType(batch, 0) === 'LogAppendTime' ? maxTimestamp(batch, 0) : undefined
  const builder = new BatchBuilder(buffer.length + 64)
  while (cursor.next()) {
    const { keyAt, keyBytes, valueAt, valueBytes } = cursor
    builder.append(
      batchTimestamp ?? addInt64(firstTimestamp, cursor.timestampDelta),
      keyBytes < 0 ? null : buffer.subarray(keyAt, keyAt + keyBytes),
      valueBytes < 0 ? null : buffer.subarray(valueAt, valueAt + valueBytes),
      readHeaders(cursor),
    )
  }
  return builder.build({
    codec: codecById(codecId),
    ...(level === undefined ? {} : { compressionLevel: level }),
    producerId: producerId(batch, 0),
    producerEpoch: producerEpoch(batch, 0),
    baseSequence: baseSequence(batch, 0),
    isTransactional: isTransactional(batch, 0),
  })
}
