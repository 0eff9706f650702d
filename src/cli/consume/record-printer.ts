import type { Cluster } from '../../client/cluster.ts'
import type { FetchedRecords } from '../../client/fetched-records.ts'
import { readHeaders } from '../../records/record.ts'
import type { ByteOutput } from '../records/byte-output.ts'
import type { ConsumedRecord, Formatter } from '../records/formatter.ts'

export interface PrinterOptions {
  readonly formatter: Formatter
  readonly output: ByteOutput
  /** What is done about a record that cannot be printed; throws to stop. */
  readonly onError: (error: Error) => void
}

/** Prints fetched records and counts them. */
export class RecordPrinter {
  readonly #formatter: Formatter
  readonly #output: ByteOutput
  readonly #onError: (error: Error) => void
  count = 0

  constructor({ formatter, output, onError }: PrinterOptions) {
    this.#formatter = formatter
    this.#output = output
    this.#onError = onError
  }

  /** Prints records until `limit` are printed in all. */
  print(records: FetchedRecords, limit: number): void {
    const { valueOnly } = this.#formatter
    if (valueOnly) this.#printValues(records, limit, valueOnly)
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
    while (this.count < limit && records.next()) {
      this.count++
      try {
        this.#formatter.write(currentRecord(records), this.#output)
      } catch (error) {
        if (!(error instanceof Error)) throw error
        // What was printed before it comes before the message.
        this.#output.flush()
        this.#onError(error)
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

/** Where records come from. */
export interface RecordSource {
  /** The next records, which may be used until the next call; null when there are none within `timeoutMs`. */
  next(timeoutMs: number): Promise<FetchedRecords | null>
  /** Ends the wait for records, too. */
  close(): void | Promise<void>
}

/** Prints what the reader gives until a limit is reached, or the reader has no more. */
export async function printRecords(
  reader: RecordSource,
  printer: RecordPrinter,
  limits: ReadLimits,
  cluster: Cluster,
): Promise<void> {
  const whole = cluster.deadline(limits.totalMs)
  let idle = cluster.deadline(limits.idleMs)
  while (printer.count < limits.records) {
    const records = await reader.next(Math.min(idle.leftMs, whole.leftMs))
    if (records === null) return
    const before = printer.count
    printer.print(records, limits.records)
    // Transaction markers and aborted records are no records to whoever waits for one.
    if (printer.count > before) idle = cluster.deadline(limits.idleMs)
  }
}

/** The record that the cursor stands on; its bytes are views, good until the next one. */
function currentRecord(records: FetchedRecords): ConsumedRecord {
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
