// Reads the state of groups back from a partition of __consumer_offsets.

import type { Int64 } from '../../bytes/int64.ts'
import { baseOffset, lastOffset } from '../../log/log-offsets.ts'
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
import type { MisplacedRecords } from './misplaced.ts'
import { replayRecord } from './replay.ts'

const READ_BYTES = 1024 * 1024

/** Replays the log into the shard; records of groups that belong to other shards are kept for these in `misplaced`. */
export async function loadShard(
  shard: GroupShard,
  log: PartitionLog,
  misplaced: MisplacedRecords,
): Promise<void> {
  const name = `${log.topic}-${log.partition}`
  const replayBatch = (buffer: Buffer, at: number): void => {
    if (isControl(buffer, at)) return
    const cursor = openRecords(buffer, at)
    const place = () => `${name} at offset ${baseOffset(buffer, at) + cursor.offsetDelta}`
    while (cursor.next()) if (!misplaced.take(cursor)) replayRecord(shard, cursor, place)
  }
  const open = new OpenTransactions(replayBatch)
  const upTo = log.endOffset
  for (let from = log.startOffset; from < upTo; ) {
    const read = log.read(from, READ_BYTES, { upTo })
    const before = from
    try {
      for (const at of batches(read.records)) {
        const codecId = compressionId(read.records, at)
        if (!isCodecLoaded(codecId)) await loadCodec(codecId)
        if (isTransactional(read.records, at)) open.take(read.records, at)
        else replayBatch(read.records, at)
        from = lastOffset(read.records, at) + 1
      }
    } finally {
      read.release()
    }
    if (from === before) throw new RangeError(`${name} has no batch at offset ${from}`)
  }
}

/** Offsets that were committed in a transaction count from its end on, if it is committed. */
class OpenTransactions {
  readonly #replay: (buffer: Buffer, at: number) => void
  readonly #batches = new Map<Int64, Buffer[]>()

  constructor(replay: (buffer: Buffer, at: number) => void) {
    this.#replay = replay
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
      for (const batch of held) this.#replay(batch, 0)
    }
    this.#batches.delete(producer)
  }
}
