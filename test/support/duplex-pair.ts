import { Duplex } from 'node:stream'

/** One end of a connection without a socket. Bytes are copied on their way, as by a kernel. */
class PairEnd extends Duplex {
  #other: PairEnd | null = null
  #hasHungUp = false
  /** Tells the writer that the other end takes bytes again. */
  #resume: (() => void) | null = null

  static make(): [PairEnd, PairEnd] {
    const [one, two] = [new PairEnd(), new PairEnd()]
    one.#other = two
    two.#other = one
    return [one, two]
  }

  override _read(): void {
    const resume = this.#resume
    this.#resume = null
    resume?.()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    const other = this.#other!
    if (other.destroyed) done(new Error('the other end is gone'))
    else if (other.push(Buffer.from(chunk))) done()
    else other.#resume = done
  }

  override _final(done: () => void): void {
    this.#hangUp()
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this._read()
    // What the other end had no room for is given up, as when a socket is closed.
    this.#other!._read()
    this.#hangUp()
    done(error)
  }

  #hangUp(): void {
    if (this.#hasHungUp) return
    this.#hasHungUp = true
    if (!this.#other!.destroyed) this.#other!.push(null)
  }
}

/** Both ends of a connection: what one writes the other reads. */
export const duplexPair = (): [Duplex, Duplex] => PairEnd.make()
