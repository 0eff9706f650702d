import { BufferPool } from '../bytes/buffer-pool.ts'

/** Bytes written to a client at once: a file is read in pieces of this size. */
const PIECE_BYTES = 512 * 1024
/** Clients that do not read hold no more than this each, once they hold too much together. */
const SMALL_PIECE_BYTES = 16 * 1024
const MAX_PIECES_KEPT = 16
const MAX_FILE_BYTES = 64 * 1024 * 1024
const MAX_OTHER_BYTES = 64 * 1024 * 1024

export interface AnswerLimits {
  readonly pieceBytes: number
  readonly smallPieceBytes: number
  /** What pieces of files may hold together; beyond it they are small. */
  readonly fileBytes: number
  /** What other answers may hold together; beyond it no more are made. */
  readonly otherBytes: number
}

const LIMITS: AnswerLimits = {
  pieceBytes: PIECE_BYTES,
  smallPieceBytes: SMALL_PIECE_BYTES,
  fileBytes: MAX_FILE_BYTES,
  otherBytes: MAX_OTHER_BYTES,
}

/**
 * What the answers of all connections hold that clients have not taken yet. Records are read from files in pieces, as
 * clients take them: every connection may have a piece, so that none waits for others. Other answers are in memory as
 * a whole: when they hold too much, requests wait.
 */
export class AnswerMemory {
  readonly limits: AnswerLimits
  readonly #pool: BufferPool
  /** Called when a request has to wait and none did before. */
  onAwaited: () => void = () => {}
  readonly #waiting: (() => void)[] = []
  #isProceeding = false
  #fileBytes = 0
  #otherBytes = 0

  constructor(limits = LIMITS) {
    this.limits = limits
    this.#pool = new BufferPool(limits.pieceBytes, MAX_PIECES_KEPT)
  }

  /** All bytes held. */
  get heldBytes(): number {
    return this.#fileBytes + this.#otherBytes
  }

  get #isFull(): boolean {
    return this.#otherBytes >= this.limits.otherBytes
  }

  /** Whether requests wait. */
  get isAwaited(): boolean {
    return this.#waiting.length > 0
  }

  /** How many bytes must be given back until half of the memory is free; 0 while requests proceed. */
  get excessBytes(): number {
    return this.#isFull ? this.#otherBytes - this.limits.otherBytes / 2 : 0
  }

  /** A buffer for the next bytes of a file of which `bytes` are left. */
  takePiece(bytes: number): Buffer {
    const { pieceBytes, smallPieceBytes, fileBytes } = this.limits
    const piece =
      this.#fileBytes + pieceBytes <= fileBytes && bytes > smallPieceBytes
        ? this.#pool.take()
        : Buffer.allocUnsafeSlow(Math.min(bytes, smallPieceBytes))
    this.#fileBytes += piece.length
    return piece
  }

  givePiece(piece: Buffer): void {
    this.#fileBytes -= piece.length
    this.#pool.give(piece)
  }

  hold(bytes: number): void {
    this.#otherBytes += bytes
  }

  giveBack(bytes: number): void {
    this.#otherBytes -= bytes
    if (bytes > 0) this.#proceed()
  }

  /** Resolves when a request with a long answer may be handled; null if it may be now. */
  room(): Promise<void> | null {
    if (!this.#isFull && this.#waiting.length === 0) return null
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      if (this.#waiting.length === 1) this.onAwaited()
    })
  }

  /** One request after the other: what its answer holds is known when it is made. */
  #proceed(): void {
    if (this.#isProceeding || this.#isFull || this.#waiting.length === 0) return
    this.#isProceeding = true
    this.#waiting.shift()?.()
    setImmediate(() => {
      this.#isProceeding = false
      this.#proceed()
    })
  }
}
