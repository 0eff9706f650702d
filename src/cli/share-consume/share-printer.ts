import type { AcknowledgeType } from '../../client/share/acknowledgements.ts'
import type { ShareRecords } from '../../client/share/share-records.ts'
import type { Printer } from '../consume/read-loop.ts'
import { OutputClosed } from '../io.ts'
import { currentRecord } from '../records/current-record.ts'
import type { Formatter } from '../records/formatter.ts'
import type { RecordOutput } from '../records/record-output.ts'

export interface SharePrinterOptions {
  readonly formatter: Formatter
  readonly output: RecordOutput
  /** What becomes of a record that was printed. */
  readonly acknowledgeType: AcknowledgeType
  /** Whether a record that cannot be printed is to be rejected; throws to stop. */
  readonly onError: (error: Error) => void
}

/** Prints acquired records, and decides about each; what is not written, others get. */
export class SharePrinter implements Printer<ShareRecords> {
  readonly #options: SharePrinterOptions
  count = 0
  readonly leftOut = 0

  constructor(options: SharePrinterOptions) {
    this.#options = options
  }

  print(records: ShareRecords, limit: number, most: number): void {
    const { formatter, output, acknowledgeType, onError } = this.#options
    const { bytes } = output
    output.begin(records, most)
    try {
      while (this.count < limit && !output.isFull && records.next()) {
        this.count++
        let type = acknowledgeType
        try {
          formatter.write({ ...currentRecord(records), deliveryCount: records.deliveryCount }, bytes)
        } catch (error) {
          if (!(error instanceof Error) || error instanceof OutputClosed) throw error
          // What was printed before it comes before the message.
          bytes.flush()
          onError(error)
          type = 'reject'
        }
        records.acknowledge(type)
        output.add(records.offset)
      }
    } finally {
      bytes.flush()
    }
  }
}
