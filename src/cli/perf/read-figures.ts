import { javaFixed } from '../java/double.ts'
import type { Row } from '../output/listing.ts'
import { finite, rounded } from './send-figures.ts'

const MEBIBYTE = 1024 * 1024

const REBALANCE_FIELDS = 'rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec'
const DATA_FIELDS = 'data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec'

export const readHeader = (isDetailed: boolean): string =>
  `${isDetailed ? 'time, threadId' : 'start.time, end.time'}, ${DATA_FIELDS}, ${REBALANCE_FIELDS}\n`

/** What consumer-perf-test has counted by some time. */
interface Mark {
  readonly timeMs: number
  readonly records: number
  readonly bytes: number
}

/** What consumer-perf-test counts, and how it tells it. */
export class ReadFigures {
  readonly #formatTime: (timeMs: number) => string
  readonly #start: Mark
  #last: Mark
  records = 0
  bytes = 0
  /** How long the member waited for partitions: in all, and since the last interval. */
  #rebalanceMs = 0
  #intervalRebalanceMs = 0
  #waitsSinceMs: number
  #assigned = 0

  constructor(startMs: number, formatTime: (timeMs: number) => string) {
    this.#formatTime = formatTime
    this.#start = { timeMs: startMs, records: 0, bytes: 0 }
    this.#last = this.#start
    this.#waitsSinceMs = startMs
  }

  assigned(count: number, nowMs: number): void {
    if (this.#assigned === 0) {
      this.#rebalanceMs += nowMs - this.#waitsSinceMs
      this.#intervalRebalanceMs += nowMs - this.#waitsSinceMs
    }
    this.#assigned += count
  }

  revoked(count: number, nowMs: number): void {
    this.#assigned -= count
    if (this.#assigned === 0) this.#waitsSinceMs = nowMs
  }

  get assignedPartitions(): number {
    return this.#assigned
  }

  intervalMs(nowMs: number): number {
    return nowMs - this.#last.timeMs
  }

  /** Ends an interval. */
  interval(nowMs: number): { text: string; row: Row } {
    const rates = this.#rates(this.#last, nowMs, this.#intervalRebalanceMs)
    const { mb, mbPerSecond, recordsPerSecond, fetchMs, fetchMbPerSecond, fetchRecordsPerSecond } = rates
    const text =
      `${this.#formatTime(nowMs)}, 0, ${fixed(mb)}, ${fixed(mbPerSecond)}, ${this.records}, ` +
      `${fixed(recordsPerSecond)}, ${this.#intervalRebalanceMs}, ${fetchMs}, ` +
      `${fixed(fetchMs <= 0 ? 0 : fetchMbPerSecond)}, ${fixed(fetchMs <= 0 ? 0 : fetchRecordsPerSecond)}\n`
    const row = this.#row('interval', this.#last, nowMs, this.#intervalRebalanceMs)
    this.#intervalRebalanceMs = 0
    this.#last = { timeMs: nowMs, records: this.records, bytes: this.bytes }
    return { text, row }
  }

  total(nowMs: number): { text: string; row: Row } {
    const rates = this.#rates(this.#start, nowMs, this.#rebalanceMs)
    const { mb, mbPerSecond, recordsPerSecond, fetchMs, fetchMbPerSecond, fetchRecordsPerSecond } = rates
    const text =
      `${this.#formatTime(this.#start.timeMs)}, ${this.#formatTime(nowMs)}, ${fixed(mb)}, ${fixed(mbPerSecond)}, ` +
      `${this.records}, ${fixed(recordsPerSecond)}, ${this.#rebalanceMs}, ${fetchMs}, ` +
      `${fixed(fetchMbPerSecond)}, ${fixed(fetchRecordsPerSecond)}\n`
    return { text, row: this.#row('total', this.#start, nowMs, this.#rebalanceMs) }
  }

  #rates(since: Mark, nowMs: number, rebalanceMs: number) {
    const elapsedMs = nowMs - since.timeMs
    const fetchMs = elapsedMs - rebalanceMs
    const mb = (this.bytes - since.bytes) / MEBIBYTE
    const records = this.records - since.records
    return {
      /** All that was read so far, also in an interval. */
      mb: this.bytes / MEBIBYTE,
      elapsedMs,
      fetchMs,
      mbPerSecond: (1000 * mb) / elapsedMs,
      recordsPerSecond: (1000 * records) / elapsedMs,
      fetchMbPerSecond: (1000 * mb) / fetchMs,
      fetchRecordsPerSecond: (1000 * records) / fetchMs,
    }
  }

  #row(kind: 'interval' | 'total', since: Mark, nowMs: number, rebalanceMs: number): Row {
    const rates = this.#rates(since, nowMs, rebalanceMs)
    return {
      kind,
      startTime: new Date(since.timeMs).toISOString(),
      endTime: new Date(nowMs).toISOString(),
      recordsConsumed: this.records,
      mbConsumed: rounded(rates.mb),
      recordsPerSecond: finite(rates.recordsPerSecond),
      mbPerSecond: finite(rates.mbPerSecond),
      rebalanceMs,
      fetchMs: rates.fetchMs,
      fetchRecordsPerSecond: finite(rates.fetchRecordsPerSecond),
      fetchMbPerSecond: finite(rates.fetchMbPerSecond),
    }
  }
}

const fixed = (value: number): string => javaFixed(value, 4)

export const READ_COLUMNS = [
  'kind',
  'startTime',
  'endTime',
  'recordsConsumed',
  'mbConsumed',
  'recordsPerSecond',
  'mbPerSecond',
  'rebalanceMs',
  'fetchMs',
  'fetchRecordsPerSecond',
  'fetchMbPerSecond',
]
