import type { AcknowledgeType } from '../../client/share/acknowledgements.ts'
import type { ShareRecords } from '../../client/share/share-records.ts'
import { currentRecord } from '../consume/record-printer.ts'
import { OutputClosed } from '../io.ts'
import type { ByteOutput } from '../records/byte-output.ts'
import type { Formatter } from '../records/formatter.ts'

export interface SharePrinterOptions {
  readonly formatter: Formatter
  readonly output: ByteOutput
  /** What becomes of a record that was printed. */
  readonly acknowledgeType: AcknowledgeType
  /** Whether a record that cannot be printed is to be rejected; throws to stop. */
  readonly onError: (error: Error) => void
}

/** Prints acquired records, and decides about each: what was not written to the end, others are to get. */
export class SharePrinter {
  readonly #options: SharePrinterOptions
  count = 0
  readonly leftOut = 0

  constructor(options: SharePrinterOptions) {
    this.#options = options
  }

  /** Prints records until `limit` are printed in all. */
  print(records: ShareRecords, limit: number): void {
    const { formatter, output, acknowledgeType, onError } = this.#options
    try {
      while (this.count < limit && records.next()) {
        this.count++
        try {
          formatter.write({ ...currentRecord(records), deliveryCount: records.deliveryCount }, output)
        } catch (error) {
          if (!(error instanceof Error) || error instanceof OutputClosed) throw error
          // What was printed before it comes before the message.
          output.flush()
          onError(error)
          records.acknowledge('reject')
          continue
        }
        records.acknowledge(acknowledgeType)
      }
      output.flush()
    } catch (error) {
      if (error instanceof OutputClosed) records.giveUp()
      throw error
    }
  }
}
