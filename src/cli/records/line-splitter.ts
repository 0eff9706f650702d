const NEWLINE = 0x0a

/**
 * Cuts a stream of bytes into lines without making a string. A line is handed over as a range of a buffer, which is
 * the chunk given to `push` where possible; the splitter keeps no view of a chunk, so that it can be filled again.
 *
 * Differs: Kafka also ends a line at a carriage return, which loses bytes; here only a newline ends one.
 */
export class LineSplitter {
  readonly #onLine: (buffer: Buffer, from: number, to: number) => void
  /** Chunks of a line whose end has not come yet. */
  #pending: Buffer[] = []

  constructor(onLine: (buffer: Buffer, from: number, to: number) => void) {
    this.#onLine = onLine
  }

  push(chunk: Buffer): void {
    let from = 0
    let to = chunk.indexOf(NEWLINE)
    if (this.#pending.length > 0 && to >= 0) {
      this.#pending.push(chunk.subarray(0, to))
      this.#flush()
      from = to + 1
      to = chunk.indexOf(NEWLINE, from)
    }
    while (to >= 0) {
      this.#onLine(chunk, from, to)
      from = to + 1
      to = chunk.indexOf(NEWLINE, from)
    }
    if (from < chunk.length) this.#pending.push(Buffer.from(chunk.subarray(from)))
  }

  /** Hands over a last line that has no newline. */
  end(): void {
    if (this.#pending.length > 0) this.#flush()
  }

  #flush(): void {
    const parts = this.#pending
    this.#pending = []
    const line = parts.length === 1 ? parts[0]! : Buffer.concat(parts)
    this.#onLine(line, 0, line.length)
  }
}
