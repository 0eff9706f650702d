/**
 * Which bytes of a segment are known to be as they were written: those that this process wrote, and those from the
 * start of the file whose CRCs it has compared once. Comparing them on every read would cost as much as the read.
 */
export class CheckedRange {
  #prefixTo = 0
  #writtenFrom: number

  constructor(sizeInBytes: number) {
    this.#writtenFrom = sizeInBytes
  }

  /** The first byte at or after `from` that was never compared, unless it is at or after `uncheckedTo`. */
  uncheckedFrom(from: number): number {
    return Math.max(from, this.#prefixTo)
  }

  /** Where the bytes start that this process wrote. */
  get uncheckedTo(): number {
    return this.#writtenFrom
  }

  /** Notes that the bytes [from, to) were compared. */
  note(from: number, to: number): void {
    if (from <= this.#prefixTo) this.#prefixTo = Math.max(this.#prefixTo, to)
  }

  /** Forgets what is behind a cut. */
  cut(position: number): void {
    this.#prefixTo = Math.min(this.#prefixTo, position)
    this.#writtenFrom = Math.min(this.#writtenFrom, position)
  }
}
