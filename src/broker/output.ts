import type { Duplex } from 'node:stream'
import type { Part } from '../bytes/writer.ts'
import type { AnswerMemory } from './answer-memory.ts'
import type { Answer } from './dispatch.ts'
import type { Turn } from './turn.ts'

export interface OutputOptions {
  readonly stream: Duplex
  readonly turn: Turn
  readonly memory: AnswerMemory
  /** Called when the client has taken bytes of a long answer. */
  readonly taken: () => void
  /** Called when bytes of an answer could not be read: the rest of the stream has no meaning then. */
  readonly failed: (error: unknown) => void
}

/** A part of an answer that is written piece by piece. */
interface LongPart {
  readonly part: Part
  /** Bytes that are written. */
  at: number
  /** Bytes of memory that it holds until it is sent. */
  readonly heldBytes: number
  readonly onSent: readonly (() => void)[]
}

const NONE: readonly (() => void)[] = []

/** Writes answers in order. Long ones are written in pieces, the next when the client has taken the one before. */
export class Output {
  readonly #options: OutputOptions
  readonly #queue: LongPart[] = []
  #heldBytes = 0
  #isClosed = false

  constructor(options: OutputOptions) {
    this.#options = options
  }

  /** What is in memory of long answers, apart from pieces of files. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** Whether the client has to take bytes before another answer is made. */
  get isFull(): boolean {
    return this.#queue.length > 0 || this.#options.stream.writableNeedDrain
  }

  /** Whether everything was written to the stream. */
  get isEmpty(): boolean {
    return this.#queue.length === 0
  }

  write({ parts, onSent }: Answer): void {
    const last = parts.length - 1
    for (const [index, part] of parts.entries()) {
      this.#add(part, index === last ? onSent : NONE)
    }
    this.flow()
  }

  #add(part: Part, onSent: readonly (() => void)[]): void {
    const { stream, memory } = this.#options
    const isInMemory = part instanceof Buffer
    if (isInMemory && this.#queue.length === 0 && part.length <= memory.limits.smallPieceBytes) {
      // The callback also runs, with an error, when the stream is destroyed first.
      if (onSent.length === 0) stream.write(part)
      else stream.write(part, () => run(onSent))
      return
    }
    const heldBytes = isInMemory ? part.buffer.byteLength : 0
    this.#heldBytes += heldBytes
    memory.hold(heldBytes)
    this.#queue.push({ part, at: 0, heldBytes, onSent })
  }

  /** Writes what the client can take; to be called whenever the stream has drained. */
  flow(): void {
    const { stream, turn, failed } = this.#options
    for (let pieces = 0; !this.#isClosed && !stream.destroyed && !stream.writableNeedDrain; pieces++) {
      const next = this.#queue[0]
      if (!next) return
      // The stream need not drain after pieces that a socket takes at once.
      if (pieces > 0 && turn.isOver) {
        turn.defer()
        return
      }
      try {
        this.#writePiece(next)
      } catch (error) {
        failed(error)
        return
      }
      if (next.at === next.part.length) this.#queue.shift()
    }
  }

  #writePiece(next: LongPart): void {
    const { stream, memory, taken } = this.#options
    const { part, at } = next
    const left = part.length - at
    if (part instanceof Buffer) {
      const count = Math.min(left, memory.limits.pieceBytes)
      next.at += count
      stream.write(part.subarray(at, at + count), () => {
        taken()
        if (count === left) this.#end(next)
      })
      return
    }
    const piece = memory.takePiece(left)
    const count = Math.min(left, piece.length)
    try {
      part.copy(piece, 0, at, count)
    } catch (error) {
      memory.givePiece(piece)
      throw error
    }
    next.at += count
    stream.write(piece.subarray(0, count), () => {
      memory.givePiece(piece)
      taken()
      if (count === left) this.#end(next)
    })
  }

  #end({ heldBytes, onSent }: LongPart): void {
    this.#heldBytes -= heldBytes
    this.#options.memory.giveBack(heldBytes)
    run(onSent)
  }

  /** Gives up what was not written; what was written ends with the stream. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const part of this.#queue.splice(0)) this.#end(part)
  }
}

function run(tasks: readonly (() => void)[]): void {
  for (const task of tasks) task()
}
