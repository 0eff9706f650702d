// Reads the state of groups back from a partition of __consumer_offsets.

import type { Int64 } from '../../bytes/int64.ts'
import { lastOffset } from '../../log/log-offsets.ts'
import type { PartitionLog } from '../../log/partition-log.ts'
import {
  batches,
  batchSize,
  compressionId,
  isControl,
  isTransactional,
  producerId,
} from '../../records/batch.ts'
import { isCodecLoaded, loadCodec } from '../../records/compression.ts'
import { controlType } from '../../records/control.ts'
import { readRecords } from '../../records/record.ts'
import { openRecords } from '../../records/record-cursor.ts'
import type { GroupShard } from './group-shard.ts'
import { replayRecord } from './replay.ts'

const READ_BYTES = 1024 * 1024

/** Replays the log into the shard. */
export async function loadShard(shard: GroupShard, log: PartitionLog): Promise<void> {
  const open = new OpenTransactions(shard)
  const upTo = log.endOffset
  for (let from = log.startOffset; from < upTo; ) {
    const read = log.read(from, READ_BYTES, { upTo })
    const before = from
    try {
      for (const at of batches(read.records)) {
        const codecId = compressionId(read.records, at)
        if (!isCodecLoaded(codecId)) await loadCodec(codecId)
        if (isTransactional(read.records, at)) open.take(read.records, at)
        else replayBatch(shard, read.records, at)
        from = lastOffset(read.records, at) + 1
      }
    } finally {
      read.release()
    }
    if (from === before) throw new RangeError(`${log.topic}-${log.partition} has no batch at offset ${from}`)
  }
}

function replayBatch(shard: GroupShard, buffer: Buffer, at: number): void {
  if (isControl(buffer, at)) return
  const cursor = openRecords(buffer, at)
  while (cursor.next()) replayRecord(shard, cursor)
}

/** Offsets that were committed in a transaction count from its end on, if it is committed. */
class OpenTransactions {
  readonly #shard: GroupShard
  readonly #batches = new Map<Int64, Buffer[]>()

  constructor(shard: GroupShard) {
    this.#shard = shard
  }

  take(buffer: Buffer, at: number): void {
    const producer = producerId(buffer, at)
    const held = this.#batches.get(producer) ?? []
    if (!isControl(buffer, at)) {
      held.push(Buffer.from(buffer.subarray(at, at + batchSize(buffer, at))))
      this.#batches.set(producer, held)
      return
    }
    const [marker] = readRecords(buffer, at)
    if (controlType(marker?.key ?? null) === 'COMMIT') {
      for (const batch of held) replayBatch(this.#shard, batch, 0)
    }
    this.#batches.delete(producer)
  }
}
