import type { Context } from '../context.ts'
import { javaDouble } from '../java/double.ts'
import { jsonText } from '../records/exact-json.ts'

/** Prints what happens as lines of JSON, in the order of fields that Kafka's tools have. */
export class EventPrinter {
  readonly #context: Context
  readonly #now: () => number

  constructor(context: Context, now: () => number) {
    this.#context = context
    this.#now = now
  }

  /** `doubles` stand last, and are written as Java writes them: `0.0`. */
  print(
    name: string,
    fields: Readonly<Record<string, unknown>> = {},
    doubles: Readonly<Record<string, number>> = {},
  ): void {
    const json = jsonText({ timestamp: this.#now(), name, ...fields })
    const rest = Object.entries(doubles).map(([key, value]) => `,"${key}":${javaDouble(value)}`)
    this.#context.io.out(`${json.slice(0, -1)}${rest.join('')}}\n`)
  }

  /** Waits until all events are written; false when the tool was interrupted before. */
  async written(): Promise<boolean> {
    const { io, interrupted } = this.#context
    const { output } = io
    if (output.taken < output.given && !interrupted.aborted) {
      let end = (): void => {}
      const stopped = new Promise<void>((resolve) => {
        end = resolve
      })
      interrupted.addEventListener('abort', end)
      await Promise.race([output.drained(), stopped]).finally(() =>
        interrupted.removeEventListener('abort', end),
      )
    }
    if (output.taken < output.given) return false
    await output.drained()
    return true
  }
}
