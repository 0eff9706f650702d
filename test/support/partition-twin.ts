import { addInt64, type Int64 } from '../../src/bytes/int64.ts'
import { type ErrorName, errorCode } from '../../src/protocol/errors.ts'
import { Fetch } from '../../src/protocol/messages/fetch.ts'
import { ListOffsets } from '../../src/protocol/messages/offsets.ts'
import { Produce } from '../../src/protocol/messages/produce.ts'
import { InitProducerId } from '../../src/protocol/messages/transactions.ts'
import * as batch from '../../src/records/batch.ts'
import { type KafkaRecord, readRecords } from '../../src/records/record.ts'
import { on, type Script } from './scripted-broker.ts'

/** What a test wants to happen to the n-th batch instead of being appended. */
export type Trouble = (sent: { partition: number; count: number; batch: Buffer }) => ErrorName | undefined

interface Sequence {
  epoch: number
  next: number
  /** As Kafka remembers the last five batches, to acknowledge again one that is sent again. */
  recent: { first: number; count: number; baseOffset: Int64 }[]
}

/** The partitions of one topic as a leader keeps them: sequence numbers are checked as Kafka checks them. */
export class PartitionTwin {
  readonly batches: Buffer[][]
  /** What the log begins with; batches below were deleted. */
  readonly startOffsets: Int64[]
  readonly endOffsets: Int64[]
  /** Where reading of committed records ends; the end of the log when not set. */
  lastStableOffset: Int64 | null = null
  abortedTransactions: { producerId: number; firstOffset: number }[] = []
  trouble: Trouble = () => undefined
  /** What fetches are answered with instead of records. */
  fetchTrouble: (partition: number) => ErrorName | undefined = () => undefined
  produced = 0
  readonly #sequences = new Map<string, Sequence>()

  constructor(partitionCount: number) {
    this.batches = Array.from({ length: partitionCount }, () => [])
    this.startOffsets = this.batches.map(() => 0)
    this.endOffsets = this.batches.map(() => 0)
  }

  /** Puts a batch at the end of a partition, stamped with its offsets, which it keeps if it has any. */
  add(partition: number, records: Buffer, baseOffset = this.endOffsets[partition]!): void {
    const copy = Buffer.from(records)
    batch.setBaseOffset(copy, 0, baseOffset)
    this.batches[partition]!.push(copy)
    this.endOffsets[partition] = addInt64(batch.lastOffset(copy, 0), 1)
  }

  records(partition: number): KafkaRecord[] {
    return this.batches[partition]!.flatMap((records) => readRecords(records))
  }

  scripts(): Script[] {
    return [
      on(InitProducerId, (_, { count }) => ({ errorCode: 0, producerId: 1000 + count, producerEpoch: 0 })),
      on(Produce, (request) => ({
        responses: request.topicData.map(({ name, topicId, partitionData }) => ({
          name,
          topicId,
          partitionResponses: partitionData.map(({ index, records }) => this.produce(index, records!)),
        })),
      })),
      this.#fetchScript(),
      on(ListOffsets, ({ topics }) => ({
        topics: topics.map(({ name, partitions }) => ({
          name,
          partitions: partitions.map(({ partitionIndex, timestamp }) => ({
            partitionIndex,
            errorCode: 0,
            offset: (timestamp === -2 ? this.startOffsets : this.endOffsets)[partitionIndex]!,
            leaderEpoch: 0,
          })),
        })),
      })),
    ]
  }

  /** The answer about one batch. */
  produce(partition: number, records: Buffer) {
    batch.checkBatch(records, 0)
    const count = this.produced++
    const code = this.trouble({ partition, count, batch: records })
    const outcome = code ?? this.#append(partition, records)
    return {
      index: partition,
      errorCode: typeof outcome === 'string' ? errorCode(outcome) : 0,
      baseOffset: typeof outcome === 'string' ? -1 : outcome,
      recordErrors: [],
      currentLeader: undefined,
    }
  }

  /** The offset the batch has now, or had already. */
  #append(partition: number, records: Buffer): Int64 | ErrorName {
    const baseOffset = this.endOffsets[partition]!
    const producerId = batch.producerId(records, 0)
    if (producerId >= 0) {
      const id = `${partition} ${producerId}`
      const first = batch.baseSequence(records, 0)
      const count = batch.recordCount(records, 0)
      const epoch = batch.producerEpoch(records, 0)
      const known = this.#sequences.get(id)
      if (known !== undefined && known.epoch > epoch) return 'INVALID_PRODUCER_EPOCH'
      const isSame = known?.epoch === epoch
      const twice = isSame
        ? known.recent.find((sent) => sent.first === first && sent.count === count)
        : undefined
      if (twice !== undefined) return twice.baseOffset
      const expected = known === undefined ? first : isSame ? known.next : 0
      if (first !== expected) return 'OUT_OF_ORDER_SEQUENCE_NUMBER'
      const recent = [...(isSame ? known.recent : []), { first, count, baseOffset }].slice(-5)
      this.#sequences.set(id, { epoch, next: batch.addToSequence(first, count), recent })
    }
    this.add(partition, records)
    return baseOffset
  }

  #fetchScript(): Script {
    return on(Fetch, ({ topics, maxBytes, isolationLevel }) => {
      let left = maxBytes
      return {
        responses: topics.map(({ topic, topicId, partitions }) => ({
          topic,
          topicId,
          partitions: partitions.map(({ partition, fetchOffset, partitionMaxBytes }) => {
            const answer = this.#fetch(
              partition,
              fetchOffset,
              Math.min(left, partitionMaxBytes),
              isolationLevel,
            )
            left -= answer.records.length
            return answer
          }),
        })),
        nodeEndpoints: [],
      }
    })
  }

  #fetch(partition: number, offset: Int64, maxBytes: number, isolationLevel: number) {
    const end = this.endOffsets[partition]!
    const lastStableOffset = this.lastStableOffset ?? end
    const isOutside = offset < this.startOffsets[partition]! || offset > end
    const code = this.fetchTrouble(partition) ?? (isOutside ? 'OFFSET_OUT_OF_RANGE' : 'NONE')
    const limit = isolationLevel === 1 ? lastStableOffset : end
    const found: Buffer[] = []
    let bytes = 0
    if (code === 'NONE' && maxBytes > 0) {
      for (const records of this.batches[partition]!) {
        if (batch.lastOffset(records, 0) < offset || batch.baseOffset(records, 0) >= limit) continue
        if (found.length > 0 && bytes + records.length > maxBytes) break
        found.push(records)
        bytes += records.length
      }
    }
    return {
      partitionIndex: partition,
      errorCode: errorCode(code),
      highWatermark: code === 'NONE' ? end : -1,
      lastStableOffset,
      divergingEpoch: undefined,
      currentLeader: undefined,
      snapshotId: undefined,
      abortedTransactions: isolationLevel === 1 ? this.abortedTransactions : null,
      records: Buffer.concat(found),
    }
  }
}
