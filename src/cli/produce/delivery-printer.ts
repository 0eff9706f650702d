import { int64Json } from '../../bytes/int64.ts'
import type { Delivery } from '../../client/produce/producer-batch.ts'
import type { Context } from '../context.ts'

/** Prints where records went. It never throws where the client reports to it; `check` throws later in its place. */
export class DeliveryPrinter {
  readonly #context: Context
  #lines: string[] = []
  #failure: { error: unknown } | null = null

  constructor(context: Context) {
    this.#context = context
  }

  readonly report = ({ topic, partition, offset, error }: Delivery): void => {
    if (error !== null) return
    // Records of a batch are reported together, and so are printed together.
    if (this.#lines.length === 0) queueMicrotask(() => this.#print())
    const known = offset < 0 ? null : int64Json(offset)
    this.#lines.push(
      this.#context.isText
        ? `Partition:${partition}\tOffset:${known ?? 'NOT_PRESENT'}\n`
        : `${JSON.stringify({ topic, partition, offset: known })}\n`,
    )
  }

  /** Throws what went wrong while printing. */
  check(): void {
    if (this.#failure) throw this.#failure.error
  }

  #print(): void {
    const text = this.#lines.join('')
    this.#lines = []
    if (this.#failure) return
    try {
      this.#context.io.out(text)
    } catch (error) {
      this.#failure = { error }
    }
  }
}
