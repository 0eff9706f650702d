import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Context } from '../context.ts'
import { ByteOutput } from '../records/byte-output.ts'
import { type Json, safeJsonText } from '../records/exact-json.ts'
import type { DumpEvent } from './dump-event.ts'
import { dumpText } from './dump-text.ts'

/** How long a dump goes on before signals get their turn. */
const TURN_MS = 10

/** Prints what a dump finds as it is found, since a log may be larger than memory. */
export class DumpPrinter {
  readonly #context: Context
  readonly #output: ByteOutput
  readonly #format: 'text' | 'json' | 'jsonl'
  readonly #skipsRecordMetadata: boolean
  #count = 0
  #turnMs = performance.now()

  constructor(context: Context, skipsRecordMetadata: boolean) {
    this.#context = context
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

  /** Resolves when what was passed on is written, and gives signals their turn. */
  async written(): Promise<void> {
    await this.#context.io.output.drained()
    if (performance.now() - this.#turnMs < TURN_MS) return
    await nextTurn()
    this.#turnMs = performance.now()
  }

  /** Writes what is left; the document is closed also after a failure, so that it can be read. */
  end(): void {
    if (this.#format === 'json') this.#output.text(this.#count === 0 ? '[]\n' : '\n]\n')
    this.#output.flush()
  }
}
