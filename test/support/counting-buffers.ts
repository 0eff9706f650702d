import { FrameBuffers } from '../../src/broker/frame-buffers.ts'

/** The memory of frames, which knows how many buffers are in use. */
export class CountingBuffers extends FrameBuffers {
  readonly #lent = new Set<Buffer>()

  get lent(): number {
    return this.#lent.size
  }

  override take(length: number): Buffer {
    const buffer = super.take(length)
    this.#lent.add(buffer)
    return buffer
  }

  override give(buffer: Buffer): void {
    this.#lent.delete(buffer)
    super.give(buffer)
  }
}
