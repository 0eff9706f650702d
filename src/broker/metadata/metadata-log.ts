// The log of the cluster's metadata, __cluster_metadata-0. A change is a transaction: its records are appended with one
// write and synced, then replayed into the image, then passed to the listeners that must act on it. A change that cannot
// be written or synced is taken back from the log: it is in neither, now or after a restart.

import { lastOffset } from '../../log/log-offsets.ts'
import type { Work } from '../../log/slices.ts'
import {
  AbortTransactionRecord,
  BeginTransactionRecord,
  EndTransactionRecord,
} from '../../protocol/messages/stored-metadata.ts'
import { batches, isControl, partitionLeaderEpoch } from '../../records/batch.ts'
import { type ControlType, controlKey } from '../../records/control.ts'
import { BatchBuilder, readRecords } from '../../records/record.ts'
import type { Clock } from '../clock.ts'
import { MetadataChanges, type MetadataListener } from './changes.ts'
import { MetadataImage } from './image.ts'
import { encodeMetadataRecord, type MetadataRecord, metadataRecord, openMetadataRecord } from './record.ts'
import { type ReadRecord, readRecord, replayRecord } from './replay.ts'

export const METADATA_TOPIC = '__cluster_metadata'
/** The topic id that Kafka reserves for the metadata log. */
export const METADATA_TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** What the metadata log needs of a partition's log. */
export interface MetadataStore {
  readonly startOffset: number
  readonly endOffset: number
  /** Appends all of the batches or none, and with `sync` returns once they are on the disk. */
  append(records: Buffer, options: MetadataAppendOptions): { lastOffset: number }
  read(
    from: number,
    maxBytes: number,
    options: { upTo: number; minOneBatch: boolean },
  ): { records: Buffer; release(): void }
}

export interface MetadataAppendOptions {
  readonly leaderEpoch: number
  readonly origin: 'metadata'
  readonly sync: boolean
}

/** A change as it is written, and as it is applied: that is how it will be read after a restart. */
export interface EncodedChange {
  readonly encoded: readonly Buffer[]
  readonly read: readonly ReadRecord[]
}

/** Encodes the records of a change. */
export function* encodeChange(records: readonly MetadataRecord[]): Work<EncodedChange> {
  const encoded: Buffer[] = []
  const read: ReadRecord[] = []
  for (const record of records) {
    const bytes = encodeMetadataRecord(record)
    encoded.push(bytes)
    read.push(readRecord(bytes))
    yield
  }
  return { encoded, read }
}

/** What is known of the metadata beside the log itself. */
export interface MetadataStart {
  /** What stands for the log before `endOffset`, when its first records are gone. */
  readonly snapshot: { readonly endOffset: number; readonly records: readonly Buffer[] } | null
  /** The first records of a new log, in a folder that was formatted for it. */
  readonly bootstrap: readonly Buffer[] | null
}

/** The largest batch of a KRaft log (internal.metadata.max.batch.size.in.bytes). */
const MAX_BATCH_BYTES = 8 * 1024 * 1024
/** Room for what surrounds a record in a batch. */
const RECORD_OVERHEAD_BYTES = 32
const READ_BYTES = 1024 * 1024
const FIRST_EPOCH = 1

export class MetadataLog {
  readonly image = new MetadataImage()
  /** Ids of topics that were deleted before this start, as far as the log goes back. */
  readonly removedTopics: ReadonlySet<string>
  readonly #store: MetadataStore
  readonly #clock: Clock
  readonly #listeners: MetadataListener[] = []
  #epoch = FIRST_EPOCH
  #hasRecords = false

  /** Replays what the store holds; throws RangeError when it holds records this broker does not know. */
  constructor(store: MetadataStore, clock: Clock, snapshot: MetadataStart['snapshot'] = null) {
    this.#store = store
    this.#clock = clock
    const changes = new MetadataChanges()
    for (const record of snapshot?.records ?? []) replayRecord(this.image, record, changes)
    this.#hasRecords = snapshot !== null
    this.removedTopics = this.#replayStored(snapshot?.endOffset ?? store.startOffset)
  }

  /** The leader epoch of the log's last batch, which appends go on with. */
  get epoch(): number {
    return this.#epoch
  }

  /** Whether no record was ever written, such as one that says what the cluster can do; control records do not count. */
  get isEmpty(): boolean {
    return !this.#hasRecords
  }

  /** The offset that the next record gets. */
  get nextOffset(): number {
    return this.#store.endOffset
  }

  listen(listener: MetadataListener): void {
    this.#listeners.push(listener)
  }

  /**
   * Makes the change: on disk, then in the image, then known to the listeners. All of the records count, or none: what
   * this throws was not done.
   */
  commit(change: EncodedChange): void {
    if (change.encoded.length > 0) this.#change(change, true)
  }

  /** As commit, for framed records that no client waits for: a power loss may take them. */
  append(encoded: readonly Buffer[]): void {
    this.#change({ encoded, read: encoded.map(readRecord) }, false)
  }

  #change({ encoded, read }: EncodedChange, sync: boolean): void {
    const groups = inBatches(encoded)
    this.#append(groups.length === 1 ? groups : inTransaction(groups), sync)
    this.#hasRecords = true
    const changes = new MetadataChanges()
    for (const apply of read) apply(this.image, changes)
    this.image.lastOffset = this.#store.endOffset - 1
    for (const listener of this.#listeners) listener(changes)
  }

  /** Appends a record about the log itself, which changes nothing in the image. */
  appendControl(type: ControlType, value: Buffer): void {
    const builder = new BatchBuilder()
    builder.append(this.#clock.now(), controlKey(type), value)
    this.#write(builder.build({ isControl: true }), false)
    this.image.lastOffset = this.#store.endOffset - 1
  }

  /** Appends a batch of each group of records. */
  #append(groups: readonly (readonly Buffer[])[], sync: boolean): void {
    const now = this.#clock.now()
    const built = groups.map((records) => {
      const builder = new BatchBuilder()
      for (const value of records) builder.append(now, null, value)
      return builder.build({})
    })
    this.#write(built.length === 1 ? built[0]! : Buffer.concat(built), sync)
  }

  #write(records: Buffer, sync: boolean): void {
    this.#store.append(records, { leaderEpoch: this.#epoch, origin: 'metadata', sync })
  }

  #replayStored(start: number): Set<string> {
    let open: Buffer[] | null = null
    const changes = new MetadataChanges()
    for (const value of this.#storedRecords(start)) {
      this.#hasRecords = true
      const { apiKey } = openMetadataRecord(value)
      if (apiKey === BeginTransactionRecord.apiKey) {
        open = []
      } else if (apiKey === EndTransactionRecord.apiKey) {
        for (const held of open ?? []) replayRecord(this.image, held, changes)
        open = null
      } else if (apiKey === AbortTransactionRecord.apiKey) {
        open = null
      } else if (open) {
        open.push(Buffer.from(value))
      } else {
        replayRecord(this.image, value, changes)
      }
    }
    if (open) {
      const reason = 'the broker stopped before the end of the transaction'
      this.#append([[encodeMetadataRecord(metadataRecord(AbortTransactionRecord, { reason }))]], false)
    }
    this.image.lastOffset = this.#store.endOffset - 1
    return new Set(changes.deletedTopics.map(({ id }) => id))
  }

  *#storedRecords(start: number): Generator<Buffer, void, undefined> {
    const upTo = this.#store.endOffset
    for (let from = start; from < upTo; ) {
      const read = this.#store.read(from, READ_BYTES, { upTo, minOneBatch: true })
      const before = from
      for (const at of batches(read.records)) {
        from = lastOffset(read.records, at) + 1
        this.#epoch = partitionLeaderEpoch(read.records, at)
        if (isControl(read.records, at)) continue
        for (const { value } of readRecords(read.records, at)) if (value) yield value
      }
      read.release()
      if (from === before) throw new RangeError(`the metadata log has no batch at offset ${from}`)
    }
  }
}

/** What does not fit one batch is bracketed, so that a crash in between leaves nothing half done (KIP-868). */
function inTransaction(groups: readonly (readonly Buffer[])[]): (readonly Buffer[])[] {
  return [
    [encodeMetadataRecord(metadataRecord(BeginTransactionRecord, {}))],
    ...groups,
    [encodeMetadataRecord(metadataRecord(EndTransactionRecord, {}))],
  ]
}

/** The records in order, in as few groups as fit a batch each. */
function inBatches(records: readonly Buffer[]): Buffer[][] {
  const groups: Buffer[][] = []
  let room = 0
  for (const record of records) {
    const bytes = record.length + RECORD_OVERHEAD_BYTES
    if (bytes > room) {
      groups.push([])
      room = MAX_BATCH_BYTES
    }
    room -= bytes
    groups.at(-1)!.push(record)
  }
  return groups
}
