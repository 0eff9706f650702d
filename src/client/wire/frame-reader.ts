// Cuts what a socket delivers into frames: [length int32][body]. The socket reads straight into the buffers given
// out here: small frames share one scratch buffer and are copied out of it, long ones (fetched records) get a buffer
// of their own that the kernel fills, so their bytes are never copied again. Given back, such a buffer is used again:
// a fresh one costs a page fault for every 4 KiB.

const SCRATCH_BYTES = 64 * 1024
const LENGTH_BYTES = 4
/** Buffers kept for the next long frames. */
const MAX_SPARE = 4

/** The length of a frame was out of bounds, so what comes is not Kafka's protocol. */
export class FrameLengthError extends Error {
  override readonly name = 'FrameLengthError'
  /** The bytes received so far, from the length on. */
  readonly received: Buffer

  constructor(length: number, received: Buffer) {
    super(`a frame of ${length} bytes`)
    this.received = received
  }
}

export class FrameReader {
  readonly #maxFrameBytes: number
  readonly #onFrame: (frame: Buffer) => void
  readonly #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES)
  #from = 0
  #to = 0
  /** A long frame being received. */
  #long: Buffer | null = null
  #longFilled = 0
  #spare: Buffer[] = []

  /** `onFrame` gets each frame without its length; the frame is its to keep. */
  constructor(maxFrameBytes: number, onFrame: (frame: Buffer) => void) {
    this.#maxFrameBytes = maxFrameBytes
    this.#onFrame = onFrame
  }

  /** Where the next bytes go; never empty. */
  space(): Buffer {
    if (this.#long !== null) return this.#long.subarray(this.#longFilled)
    return this.#scratch.subarray(this.#to)
  }

  /** `count` bytes were put into space(). Throws FrameLengthError when they are no frame. */
  filled(count: number): void {
    if (this.#long !== null) {
      this.#longFilled += count
      if (this.#longFilled < this.#long.length) return
      const frame = this.#long
      this.#long = null
      this.#onFrame(frame)
    } else {
      this.#to += count
      this.#cutFrames()
    }
  }

  #cutFrames(): void {
    while (this.#to - this.#from >= LENGTH_BYTES) {
      const length = this.#scratch.readInt32BE(this.#from)
      if (length < LENGTH_BYTES || length > this.#maxFrameBytes) {
        throw new FrameLengthError(length, Buffer.from(this.#scratch.subarray(this.#from, this.#to)))
      }
      const start = this.#from + LENGTH_BYTES
      if (this.#to - start >= length) {
        this.#from = start + length
        this.#onFrame(Buffer.from(this.#scratch.subarray(start, start + length)))
      } else if (length + LENGTH_BYTES > SCRATCH_BYTES) {
        this.#long = this.#take(length)
        this.#longFilled = this.#scratch.copy(this.#long, 0, start, this.#to)
        this.#from = this.#to
      } else {
        break
      }
    }
    if (this.#from > 0) {
      this.#scratch.copyWithin(0, this.#from, this.#to)
      this.#to -= this.#from
      this.#from = 0
    }
  }

  /** Gives the memory of a frame back. Nobody may use it, or a view on it, from now on. */
  recycle(frame: Buffer): void {
    if (frame.buffer.byteLength <= SCRATCH_BYTES || this.#spare.length >= MAX_SPARE) return
    this.#spare.push(Buffer.from(frame.buffer, 0, frame.buffer.byteLength))
  }

  #take(length: number): Buffer {
    const at = this.#spare.findIndex((buffer) => buffer.length >= length)
    if (at >= 0) return this.#spare.splice(at, 1)[0]!.subarray(0, length)
    // The smallest spare would never be long enough again if frames have grown.
    if (this.#spare.length === MAX_SPARE) this.#spare.shift()
    return Buffer.allocUnsafeSlow(length)
  }
}
