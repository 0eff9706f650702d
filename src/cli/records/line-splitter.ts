import { Failure } from '../failures.ts'

const NEWLINE = 0x0a

/** No longer line is kept, unless records may be larger than half of it. */
const MAX_LINE_BYTES = 1 << 26

/** How long a line may become for records of this size; as JSON a record takes up to twice its bytes. */
export const maxLineBytes = (maxRecordBytes: number): number => Math.max(MAX_LINE_BYTES, 2 * maxRecordBytes)

/**
 * Cuts a stream of bytes into lines without making a string. A line is handed over as a range of a buffer, which is
 * the chunk given to `push` where possible; the splitter keeps no view of a chunk, so that it can be filled again.
 * An input without newlines, such as /dev/zero, ends in a Failure as soon as its line is longer than `maxBytes`.
 *
 * Differs: Kafka also ends a line at a carriage return, which loses bytes; here only a newline ends one.
 */
export class LineSplitter {
  readonly #onLine: (buffer: Buffer, from: number, to: number) => void
  /** Chunks of a line whose end has not come yet. */
  #pending: Buffer[] = []
  #pendingBytes = 0
  #lines = 0
  readonly #maxBytes: number

  constructor(
    onLine: (buffer: Buffer, from: number, to: number) => void,
    { maxBytes = MAX_LINE_BYTES }: { maxBytes?: number | undefined } = {},
  ) {
    this.#onLine = onLine
    this.#maxBytes = maxBytes
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
      this.#lines++
      this.#onLine(chunk, from, to)
      from = to + 1
      to = chunk.indexOf(NEWLINE, from)
    }
    if (from === chunk.length) return
    this.#pendingBytes += chunk.length - from
    if (this.#pendingBytes > this.#maxBytes) throw this.#tooLong()
    this.#pending.push(Buffer.from(chunk.subarray(from)))
  }

  /** Hands over a last line that has no newline. */
  end(): void {
    if (this.#pending.length > 0) this.#flush()
  }

  #flush(): void {
    const parts = this.#pending
    this.#pending = []
    this.#pendingBytes = 0
    this.#lines++
    const line = parts.length === 1 ? parts[0]! : Buffer.concat(parts)
    this.#onLine(line, 0, line.length)
  }

  #tooLong(): Failure {
    this.#pending = []
    const reason = `line ${this.#lines + 1} of the input is longer than ${this.#maxBytes} bytes`
    return new Failure(`${reason}: the lines from there on are not read`, {
      hint: 'each line is a record; is the input binary?',
    })
  }
}
