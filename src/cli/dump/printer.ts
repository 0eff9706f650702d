import type { Context } from '../context.ts'
import { ByteOutput } from '../records/byte-output.ts'
import { type Json, safeJsonText } from '../records/message-json.ts'
import type { DumpEvent } from './dump-event.ts'
import { dumpText } from './dump-text.ts'

/** Prints what a dump finds as it is found, since a log may be larger than memory. */
export class DumpPrinter {
  readonly #output: ByteOutput
  readonly #format: 'text' | 'json' | 'jsonl'
  readonly #skipsRecordMetadata: boolean
  #count = 0

  constructor(context: Context, skipsRecordMetadata: boolean) {
    this.#output = new ByteOutput((bytes) => context.io.out(bytes))
    this.#format = context.isText ? 'text' : context.format === 'json' ? 'json' : 'jsonl'
    this.#skipsRecordMetadata = skipsRecordMetadata
  }

  print(event: DumpEvent, file: string): void {
    if (this.#format === 'text') {
      this.#output.text(dumpText(event, this.#skipsRecordMetadata))
      return
    }
    const object = safeJsonText({ ...event, file } as unknown as Json)
    if (this.#format === 'jsonl') this.#output.text(`${object}\n`)
    else this.#output.text(`${this.#count === 0 ? '[' : ','}\n${object}`)
    this.#count++
  }

  /** Writes what is left; the document is closed also after a failure, so that it can be read. */
  end(): void {
    if (this.#format === 'json') this.#output.text(this.#count === 0 ? '[]\n' : '\n]\n')
    this.#output.flush()
  }
}
