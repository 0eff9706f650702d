import type { Context } from '../context.ts'
import type { Listing, Row } from '../output/listing.ts'

/** Prints figures as they come where the format allows it, and all of them at the end where it does not. */
export class FigurePrinter {
  readonly #context: Context
  readonly #columns: readonly string[]
  readonly #rows: Row[] = []

  constructor(context: Context, columns: readonly string[]) {
    this.#context = context
    this.#columns = columns
  }

  add(text: string, row: Row): void {
    const { format, io } = this.#context
    if (format === 'text') io.out(text)
    else if (format === 'jsonl') io.out(`${JSON.stringify(row)}\n`)
    else this.#rows.push(row)
  }

  async end(): Promise<void> {
    if (['text', 'jsonl'].includes(this.#context.format)) return
    await this.#context.print(figureListing(this.#rows, this.#columns))
  }
}

/** Figures for programs; the text is printed as they come. */
export const figureListing = (rows: readonly Row[], columns: readonly string[]): Listing => ({
  text: () => '',
  items: rows,
  columns,
  names: () => [],
})
