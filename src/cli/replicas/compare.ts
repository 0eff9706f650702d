import { addInt64, type Int64, maxInt64, subtractInt64 } from '../../bytes/int64.ts'
import { partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import { BATCH_OVERHEAD, batchSize, lastOffset, storedCrc } from '../../records/batch.ts'
import { Failure } from '../failures.ts'
import { javaHashOrder, partitionHash } from '../java/order.ts'
import type { Listing } from '../output/listing.ts'

/** What one replica gave from the offset on that all of them were asked for. */
export interface ReplicaData {
  readonly broker: number
  readonly highWatermark: Int64
  readonly records: Buffer | null
}

export interface Lag extends TopicPartition {
  readonly offset: Int64
  readonly maxLag: Int64
}

/** Compares the batches of replicas, and remembers up to where they are the same. */
export class ReplicaComparison {
  readonly #partitions: readonly TopicPartition[]
  readonly #offsets: Map<string, Int64>
  readonly #onMismatch: (what: string) => void
  /** Batches that are not the same everywhere. */
  mismatches = 0

  constructor(
    starts: readonly (TopicPartition & { readonly offset: Int64 })[],
    onMismatch: (what: string) => void,
  ) {
    // Of several that lag as far the first is told: it is Kafka's first.
    this.#partitions = javaHashOrder(starts, undefined, partitionHash)
    this.#offsets = new Map(starts.map((start) => [partitionName(start), start.offset]))
    this.#onMismatch = onMismatch
  }

  get partitionCount(): number {
    return this.#partitions.length
  }

  offsetOf(partition: TopicPartition): Int64 {
    return this.#offsets.get(partitionName(partition))!
  }

  /** Takes what was read of each partition, by its name; gives the one that is furthest behind its high watermark. */
  compare(data: ReadonlyMap<string, readonly ReplicaData[]>): Lag {
    let furthest: Lag | null = null
    for (const { topic, partition } of this.#partitions) {
      const name = partitionName({ topic, partition })
      const replicas = data.get(name) ?? []
      this.#compareBatches(name, replicas)
      const offset = this.#offsets.get(name)!
      const maxLag = subtractInt64(
        replicas.map(({ highWatermark }) => highWatermark).reduce(maxInt64, -1),
        offset,
      )
      if (furthest === null || maxLag > furthest.maxLag) furthest = { topic, partition, offset, maxLag }
    }
    return furthest!
  }

  /** Batch by batch, as far as every replica has one below its high watermark. */
  #compareBatches(name: string, replicas: readonly ReplicaData[]): void {
    const batches = replicas.map((replica) => ({ replica, next: batchesIn(replica) }))
    for (;;) {
      const row = batches.map(({ replica, next }) => ({ broker: replica.broker, batch: next.next().value }))
      const [first, ...others] = row
      if (!first?.batch) return
      for (const { broker, batch } of others) {
        if (!batch) return
        if (batch.lastOffset !== first.batch.lastOffset) {
          throw new Failure(
            `partition ${name}: replica ${first.broker}'s offset ${first.batch.lastOffset} doesn't match ` +
              `replica ${broker}'s offset ${batch.lastOffset}`,
          )
        }
        if (batch.checksum === first.batch.checksum) continue
        this.mismatches++
        this.#onMismatch(
          `partition ${name} has unmatched checksum at offset ${batch.lastOffset}; replica ${first.broker}'s checksum ` +
            `${first.batch.checksum}; replica ${broker}'s checksum ${batch.checksum}`,
        )
      }
      this.#offsets.set(name, addInt64(first.batch.lastOffset, 1))
    }
  }
}

/** The whole batches below the high watermark. */
function* batchesIn({
  records,
  highWatermark,
}: ReplicaData): Generator<{ lastOffset: Int64; checksum: number }, undefined> {
  if (records === null) return undefined
  for (let at = 0; at + BATCH_OVERHEAD <= records.length; at += batchSize(records, at)) {
    if (at + batchSize(records, at) > records.length) return undefined
    const last = lastOffset(records, at)
    if (last >= highWatermark) return undefined
    yield { lastOffset: last, checksum: storedCrc(records, at) }
  }
  return undefined
}

export interface LagReport extends Lag {
  readonly timeMs: number
  readonly partitionCount: number
  readonly mismatches: number
}

const REPORT_COLUMNS = [
  'time',
  'maxLag',
  'topic',
  'partition',
  'offset',
  'partitionCount',
  'mismatches',
] as const

/** One line of replica-verification. */
export function reportListing(report: LagReport, dateText: (timeMs: number) => string): Listing {
  const { timeMs: time, maxLag, topic, partition, offset, partitionCount, mismatches } = report
  return {
    text: () =>
      `${dateText(time)}: max lag is ${maxLag} for partition ${topic}-${partition} at offset ${offset} among ` +
      `${partitionCount} partitions\n`,
    columns: REPORT_COLUMNS,
    items: [{ time, maxLag, topic, partition, offset, partitionCount, mismatches }],
    names: () => [topic],
  }
}
