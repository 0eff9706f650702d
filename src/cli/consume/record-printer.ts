import type { FetchedRecords } from '../../client/fetch/fetched-records.ts'
import { currentRecord } from '../records/current-record.ts'
import type { ConsumedRecord, Formatter } from '../records/formatter.ts'
import type { RecordOutput } from '../records/record-output.ts'
import type { Printer } from './read-loop.ts'

export interface PrinterOptions {
  readonly formatter: Formatter
  readonly output: RecordOutput
  /** What is done about a record that cannot be printed; throws to stop. */
  readonly onError: (error: Error) => void
  /** Whether a record is printed at all; every record is when left out. */
  readonly keeps?: ((record: ConsumedRecord) => boolean) | undefined
  /** Called with each record that is printed. */
  readonly onRecord?: ((record: ConsumedRecord) => void) | undefined
}

/** Prints fetched records and counts them. */
export class RecordPrinter implements Printer {
  readonly #formatter: Formatter
  readonly #output: RecordOutput
  readonly #options: PrinterOptions
  count = 0
  leftOut = 0

  constructor(options: PrinterOptions) {
    this.#formatter = options.formatter
    this.#output = options.output
    this.#options = options
  }

  print(records: FetchedRecords, limit: number, most: number): void {
    const { valueOnly } = this.#formatter
    const isBlind = !this.#options.keeps && !this.#options.onRecord
    this.#output.begin(records, most)
    try {
      if (valueOnly && isBlind) this.#printValues(records, limit, valueOnly)
      else this.#printWhole(records, limit)
    } finally {
      this.#output.bytes.flush()
    }
  }

  // Most people print values and nothing else: no object is made for them, and their bytes are copied once.
  #printValues(
    records: FetchedRecords,
    limit: number,
    { separator, nullLiteral }: NonNullable<Formatter['valueOnly']>,
  ): void {
    const output = this.#output
    const { bytes } = output
    const onlyByte = separator.length === 1 ? separator[0]! : -1
    while (this.count < limit && !output.isFull && records.next()) {
      this.count++
      const { buffer, valueAt, valueBytes } = records.cursor
      if (valueBytes < 0) bytes.bytes(nullLiteral)
      else bytes.range(buffer, valueAt, valueAt + valueBytes)
      if (onlyByte < 0) bytes.bytes(separator)
      else bytes.byte(onlyByte)
      output.add(records.offset)
    }
  }

  #printWhole(records: FetchedRecords, limit: number): void {
    const { keeps, onRecord, onError } = this.#options
    const output = this.#output
    while (this.count < limit && !output.isFull && records.next()) {
      const record = currentRecord(records)
      if (keeps && !keeps(record)) {
        this.leftOut++
        output.add(record.offset, true)
        continue
      }
      this.count++
      onRecord?.(record)
      try {
        this.#formatter.write(record, output.bytes)
      } catch (error) {
        if (!(error instanceof Error)) throw error
        // What was printed before it comes before the message.
        output.bytes.flush()
        onError(error)
      }
      output.add(record.offset)
    }
  }
}
