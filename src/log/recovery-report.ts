// What opening a partition found wrong and did about it, and what readers found later. Each finding is one line for the
// person who runs the broker; together they are the summary that a start ends with.

import type { Int64 } from '../bytes/int64.ts'
import type { Clock } from './clock.ts'
import { StorageError } from './storage-error.ts'

/** A damaged place is reported again after this time if it is still read. */
const REPEAT_AFTER_MS = 60_000
/** Damaged places remembered per partition. */
const MAX_PLACES = 64

export type FindingKind =
  /** A log was cut at the first bytes that are not a whole batch. */
  | 'cut'
  /** A segment was removed, because what comes before it is gone. */
  | 'removed'
  /** A file that can be derived from others was damaged, and made again. */
  | 'rebuilt'
  /** Records are missing that were there before. */
  | 'missing'
  /** A batch is damaged; its readers get an error. */
  | 'damaged'
  /** The log of a partition cannot be opened. */
  | 'unavailable'
  /** An open transaction keeps readers of committed records from what follows. */
  | 'open-transaction'

export interface Finding {
  readonly kind: FindingKind
  /** Null for a file of the data folder itself. */
  readonly topic: string | null
  readonly partition: number | null
  readonly file: string
  readonly position?: number
  /** Records concerned, where that is known. */
  readonly records?: number
  readonly bytes?: number
  /** All of it in a sentence, with topic and partition. */
  readonly message: string
}

export type Report = (finding: Finding) => void

/** Bytes taken out of a log. */
export interface Loss {
  readonly file: string
  readonly bytes: number
  /** Null when the bytes do not show it. */
  readonly records: number | null
  /** The file that has them now; null when they could not be kept, for the reason that follows. */
  readonly keptAs: string | null
  readonly notKept?: string
}

export interface CutLoss extends Loss {
  readonly position: number
  readonly offset: number
  readonly reason: string
}

/** Findings of one partition. */
export class PartitionReport {
  readonly #topic: string
  readonly #partition: number
  readonly #report: Report
  readonly #clock: Clock
  /** When each damaged place was reported last. */
  readonly #places = new Map<string, number>()

  constructor(topic: string, partition: number, clock: Clock, report: Report) {
    this.#topic = topic
    this.#partition = partition
    this.#clock = clock
    this.#report = report
  }

  cut(loss: CutLoss): void {
    const { file, position, offset, reason, records, bytes } = loss
    const message = `cut '${file}' at position ${position}, offset ${offset}: ${reason}; ${amount(loss)} removed, ${whereKept(loss)}`
    this.#add('cut', file, message, { position, bytes, ...(records === null ? {} : { records }) })
  }

  removed(loss: Loss, reason: string): void {
    const { file, records, bytes } = loss
    const message = `removed '${file}': ${reason}; ${amount(loss)}, ${whereKept(loss)}`
    this.#add('removed', file, message, { bytes, ...(records === null ? {} : { records }) })
  }

  rebuilt(file: string, reason: string): void {
    this.#add('rebuilt', file, `'${file}' is rebuilt from the log: ${reason}`)
  }

  /** A damaged file that is written again with what is known from elsewhere. */
  rewritten(file: string, reason: string, content: string): void {
    this.#add('rebuilt', file, `'${file}' is written again with ${content}: ${reason}`)
  }

  unavailable(file: string, reason: string): void {
    this.#add('unavailable', file, `the partition is not available: ${reason}`)
  }

  /** Records [from, to) should be there. */
  missing(file: string, from: number, to: number, reason: string): void {
    const range = to - from === 1 ? `record ${from} is` : `records ${from} to ${to - 1} are`
    this.#add('missing', file, `${range} missing: ${reason}`, { records: to - from })
  }

  openTransaction(file: string, producerId: Int64, firstOffset: number): void {
    const message = `producer ${producerId} has had a transaction open since offset ${firstOffset}: readers of committed records do not get past it`
    this.#add('open-transaction', file, message)
  }

  /** A batch that cannot be read; each place once a minute. */
  damaged(file: string, reason: string): void {
    const now = this.#clock.monotonicMs()
    const last = this.#places.get(reason)
    if (last !== undefined && now - last < REPEAT_AFTER_MS) return
    this.#places.delete(reason)
    this.#places.set(reason, now)
    if (this.#places.size > MAX_PLACES) this.#places.delete(this.#places.keys().next().value!)
    this.#add('damaged', file, `cannot be read: ${reason}`)
  }

  /** Reports damage that a read met; returns the error with the name of the partition in it. Others are returned as they are. */
  explained(file: string, error: unknown): unknown {
    if (!(error instanceof StorageError) || error.code !== 'BATCH_CORRUPT') return error
    this.damaged(file, error.message)
    return new StorageError('BATCH_CORRUPT', `${this.#name}: ${error.message}`, { cause: error })
  }

  get #name(): string {
    return `${this.#topic}-${this.#partition}`
  }

  #add(
    kind: FindingKind,
    file: string,
    message: string,
    details: Pick<Finding, 'position' | 'records' | 'bytes'> = {},
  ): void {
    this.#report({
      kind,
      topic: this.#topic,
      partition: this.#partition,
      file,
      ...details,
      message: `${this.#name}: ${message}`,
    })
  }
}

const amount = ({ records, bytes }: Loss): string =>
  records === null ? `${bytes} bytes` : `${records} ${records === 1 ? 'record' : 'records'} (${bytes} bytes)`

const whereKept = ({ keptAs, notKept }: Loss): string =>
  keptAs === null ? `not kept: ${notKept}` : `kept as '${keptAs}' until the next clean stop but one`
