import { type Int64, writeInt64 } from '../../bytes/int64.ts'
import { addToSequence, updateCrc } from '../../records/batch.ts'
import type { Codec } from '../../records/codec.ts'
import { BatchBuilder, type RecordHeader, readRecords } from '../../records/record.ts'

/** Where a record ended up, or why it did not. */
export interface Delivery {
  readonly topic: string
  readonly partition: number
  /** -1 when the broker does not say: acks 0, or a batch it had already. */
  readonly offset: Int64
  /** The time the broker set for the record; -1 when it kept the record's own. */
  readonly logAppendTimeMs: Int64
  readonly error: Error | null
}

/** Records of a batch, one after the other, that were appended with the same tag. */
export interface TaggedRun {
  readonly tag: number
  count: number
  /** The sum of their values. */
  valueBytes: number
}

export type OnDelivery = (delivery: Delivery) => void

/** Who writes: what a broker needs to tell a batch sent twice from two batches. */
export interface ProducerIdentity {
  readonly producerId: Int64
  readonly producerEpoch: number
  /** Whether what it writes is part of a transaction. */
  readonly isTransactional?: boolean
}

const PRODUCER_ID_AT = 43
const PRODUCER_EPOCH_AT = 51
const BASE_SEQUENCE_AT = 53

/** Records for one partition that travel together. */
export class ProducerBatch {
  readonly createdMs: number
  readonly #builder: BatchBuilder
  /** The bytes to send; null while records can still be added. */
  built: Buffer | null = null
  recordCount = 0
  /** What the batch counts for in buffer.memory. */
  heldBytes = 0
  /** -1 until a place in the partition's sequence was given to it, which it keeps. */
  baseSequence = -1
  /** How often it was sent. */
  attempts = 0
  retryAtMs = 0
  /** No answer said whether the broker wrote it when it was sent. */
  mayBeWritten = false
  /** A connection was lost before it was answered, so a broker may yet come to read what was sent over that. */
  isAdrift = false
  onDelivery: (OnDelivery | undefined)[] | null = null
  /** Null while no record has a tag. */
  runs: TaggedRun[] | null = null

  constructor(createdMs: number, builder: BatchBuilder) {
    this.createdMs = createdMs
    this.#builder = builder
  }

  get sizeBytes(): number {
    return this.built?.length ?? this.#builder.sizeBytes
  }

  /** Adds a record. */
  append(
    timestampMs: Int64,
    key: Uint8Array | null,
    value: Uint8Array | null,
    headers: readonly RecordHeader[] | undefined,
    onDelivery: OnDelivery | undefined,
  ): void {
    this.#builder.append(timestampMs, key, value, headers)
    if (onDelivery !== undefined) {
      this.onDelivery ??= []
      this.onDelivery[this.recordCount] = onDelivery
    }
    this.recordCount++
  }

  /** As append for parts of a larger buffer. */
  appendRange(
    timestampMs: Int64,
    source: Uint8Array,
    keyFrom: number,
    keyTo: number,
    valueFrom: number,
    valueTo: number,
    tag?: number,
  ): void {
    this.#builder.appendRange(timestampMs, source, keyFrom, keyTo, valueFrom, valueTo)
    this.recordCount++
    if (tag !== undefined) this.#tag(tag, valueTo - valueFrom)
  }

  #tag(tag: number, valueBytes: number): void {
    this.runs ??= []
    const last = this.runs.at(-1)
    if (last?.tag !== tag) this.runs.push({ tag, count: 1, valueBytes })
    else {
      last.count++
      last.valueBytes += valueBytes
    }
  }

  /** Makes the bytes to send, once; gives the builder back for the next batch. */
  build(
    codec: Codec,
    compressionLevel: number | undefined,
    identity: ProducerIdentity | null,
  ): BatchBuilder | null {
    if (this.built !== null) return null
    this.built = this.#builder.build({
      codec,
      ...(compressionLevel === undefined ? {} : { compressionLevel }),
      ...(identity === null ? {} : { ...identity, baseSequence: this.baseSequence }),
    })
    return this.#builder
  }

  /** Gives bytes that are already built another place in a sequence. */
  restamp({ producerId, producerEpoch }: ProducerIdentity, baseSequence: number): void {
    this.baseSequence = baseSequence
    const { built } = this
    if (built === null) return
    writeInt64(built, PRODUCER_ID_AT, producerId)
    built.writeInt16BE(producerEpoch, PRODUCER_EPOCH_AT)
    built.writeInt32BE(baseSequence, BASE_SEQUENCE_AT)
    updateCrc(built, 0)
  }

  /** Two batches with half of the records each, in place of one the broker found too large. */
  split(
    codec: Codec,
    compressionLevel: number | undefined,
    identity: ProducerIdentity | null,
  ): ProducerBatch[] {
    const records = readRecords(this.built!)
    const middle = Math.ceil(records.length / 2)
    return [records.slice(0, middle), records.slice(middle)].map((part, half) => {
      const batch = new ProducerBatch(this.createdMs, new BatchBuilder(this.built!.length))
      part.forEach(({ timestamp, key, value, headers }, i) => {
        batch.append(timestamp, key, value, headers, this.onDelivery?.[half * middle + i])
      })
      batch.runs = this.runs === null ? null : partOf(this.runs, half * middle, part.length)
      batch.attempts = this.attempts
      batch.isAdrift = this.isAdrift
      batch.heldBytes = half === 0 ? Math.ceil(this.heldBytes / 2) : Math.floor(this.heldBytes / 2)
      // Together they take the same places in the sequence.
      if (this.baseSequence >= 0) batch.baseSequence = addToSequence(this.baseSequence, half * middle)
      batch.build(codec, compressionLevel, identity)
      return batch
    })
  }
}

/** The runs of `count` records from `from` on; within a run all values count as equally large. */
function partOf(runs: readonly TaggedRun[], from: number, count: number): TaggedRun[] {
  let at = 0
  return runs.flatMap((run) => {
    const kept = Math.min(at + run.count, from + count) - Math.max(at, from)
    at += run.count
    if (kept <= 0) return []
    return [{ tag: run.tag, count: kept, valueBytes: (run.valueBytes * kept) / run.count }]
  })
}
