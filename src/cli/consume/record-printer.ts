import type { Cluster } from '../../client/cluster.ts'
import type { FetchedRecords } from '../../client/fetch/fetched-records.ts'
import { readHeaders } from '../../records/record.ts'
import type { OutputState } from '../io.ts'
import type { ByteOutput } from '../records/byte-output.ts'
import type { ConsumedRecord, Formatter } from '../records/formatter.ts'

export interface PrinterOptions {
  readonly formatter: Formatter
  readonly output: ByteOutput
  /** What is done about a record that cannot be printed; throws to stop. */
  readonly onError: (error: Error) => void
  /** Whether a record is printed at all; every record is when left out. */
  readonly keeps?: ((record: ConsumedRecord) => boolean) | undefined
  /** Called with each record that is printed. */
  readonly onRecord?: ((record: ConsumedRecord) => void) | undefined
}

/** Prints fetched records and counts them. */
export class RecordPrinter {
  readonly #formatter: Formatter
  readonly #output: ByteOutput
  readonly #options: PrinterOptions
  /** Records printed. */
  count = 0
  /** Records that were not to be printed. */
  leftOut = 0

  constructor(options: PrinterOptions) {
    this.#formatter = options.formatter
    this.#output = options.output
    this.#options = options
  }

  /** Prints records until `limit` are printed in all. */
  print(records: FetchedRecords, limit: number): void {
    const { valueOnly } = this.#formatter
    const isBlind = !this.#options.keeps && !this.#options.onRecord
    if (valueOnly && isBlind) this.#printValues(records, limit, valueOnly)
    else this.#printWhole(records, limit)
    this.#output.flush()
  }

  // Most people print values and nothing else: no object is made for them, and their bytes are copied once.
  #printValues(
    records: FetchedRecords,
    limit: number,
    { separator, nullLiteral }: NonNullable<Formatter['valueOnly']>,
  ): void {
    const output = this.#output
    const onlyByte = separator.length === 1 ? separator[0]! : -1
    while (this.count < limit && records.next()) {
      this.count++
      const { buffer, valueAt, valueBytes } = records.cursor
      if (valueBytes < 0) output.bytes(nullLiteral)
      else output.range(buffer, valueAt, valueAt + valueBytes)
      if (onlyByte < 0) output.bytes(separator)
      else output.byte(onlyByte)
    }
  }

  #printWhole(records: FetchedRecords, limit: number): void {
    const { keeps, onRecord, onError } = this.#options
    while (this.count < limit && records.next()) {
      const record = currentRecord(records)
      if (keeps && !keeps(record)) {
        this.leftOut++
        continue
      }
      this.count++
      onRecord?.(record)
      try {
        this.#formatter.write(record, this.#output)
      } catch (error) {
        if (!(error instanceof Error)) throw error
        // What was printed before it comes before the message.
        this.#output.flush()
        onError(error)
      }
    }
  }
}

/** When to stop reading. */
export interface ReadLimits {
  readonly records: number
  /** Without a record for this long. */
  readonly idleMs: number
  readonly totalMs: number
}

/** The limits that options set, as Kafka reads them: less than nothing is no limit. */
export function limitsOf(options: {
  readonly maxMessages: number
  readonly timeoutMs: number | undefined
  readonly deadlineMs: number | undefined
}): ReadLimits {
  const { maxMessages, timeoutMs, deadlineMs } = options
  return {
    records: maxMessages < 0 ? Infinity : maxMessages,
    idleMs: timeoutMs === undefined || timeoutMs < 0 ? Infinity : timeoutMs,
    totalMs: deadlineMs ?? Infinity,
  }
}

/** Where records come from. */
export interface RecordSource<Records = FetchedRecords> {
  /** The next records, which may be used until the next call; null when there are none within `timeoutMs`. */
  next(timeoutMs: number): Promise<Records | null>
  /** Ends the wait for records, too. */
  close(): void | Promise<void>
}

/** Why reading stopped: as many records as asked for, no more to read, none came for long, no time left. */
export type Stop = 'count' | 'end' | 'idle' | 'deadline'

/** Prints what the reader gives until a limit is reached, or the reader has no more. */
export async function printRecords<Records>(
  reader: RecordSource<Records>,
  printer: {
    readonly count: number
    readonly leftOut: number
    print(records: Records, limit: number): void
  },
  limits: ReadLimits,
  cluster: Cluster,
  output: OutputState,
): Promise<Stop> {
  const { records: limit, idleMs, totalMs } = limits
  // A broker that does not answer holds up the reader, but not whoever set a limit to all of it.
  let isLate = false
  let cancel = (): void => {}
  const late = new Promise<null>((resolve) => {
    if (totalMs === Infinity) return
    cancel = cluster.clock.after(totalMs, () => {
      isLate = true
      resolve(null)
    })
  })
  let idle = cluster.deadline(idleMs)
  try {
    while (printer.count < limit) {
      const next = reader.next(idle.leftMs)
      const records = await (totalMs === Infinity ? next : Promise.race([late, next]))
      if (isLate) return 'deadline'
      if (records === null) return idle.isOver ? 'idle' : 'end'
      const before = printer.count + printer.leftOut
      printer.print(records, limit)
      await output.drained()
      // Transaction markers and aborted records are no records to whoever waits for one.
      if (printer.count + printer.leftOut > before) idle = cluster.deadline(idleMs)
    }
    return 'count'
  } finally {
    cancel()
  }
}

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
