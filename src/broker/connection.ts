import type { Duplex } from 'node:stream'
import { StorageError } from '../log/storage-error.ts'
import type { AnswerMemory } from './answer-memory.ts'
import type { ClientConnection } from './client-connection.ts'
import type { Clock } from './clock.ts'
import type { Answer, Dispatcher } from './dispatch.ts'
import type { FrameBuffers } from './frame-buffers.ts'
import type { FrameMemory } from './frame-memory.ts'
import { FrameCutter, FrameSizeError } from './frames.ts'
import type { Input, Receiver } from './input.ts'
import type { Logger } from './logger.ts'
import { Output } from './output.ts'
import { Turn } from './turn.ts'

export interface ConnectionOptions {
  readonly input: Input
  readonly dispatcher: Pick<Dispatcher, 'answer'>
  readonly buffers: FrameBuffers
  readonly memory: FrameMemory
  readonly answers: AnswerMemory
  /** The broker id that this connection talks to. */
  readonly node: number
  readonly clientAddress: string
  readonly localAddress: string
  /** Name of the listener that the client came in by. */
  readonly listener: string
  /** socket.request.max.bytes */
  readonly maxRequestBytes: number
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * One client: frames in, answers out in the same order. As in Kafka a connection has one request at work; the next
 * is read when its answer is written. While the client does not take its answers, it is not read from.
 */
export class Connection implements ClientConnection, Receiver {
  readonly clientAddress: string
  readonly localAddress: string
  readonly listener: string
  software: ClientConnection['software'] = null
  /** When bytes last came or went; a connection at work is never idle. */
  lastActiveMs: number

  readonly #options: ConnectionOptions
  readonly #stream: Duplex
  readonly #frames: FrameCutter
  readonly #output: Output
  readonly #turn: Turn
  readonly #closeListeners = new Set<() => void>()
  #isBusy = false
  #isPaused = false
  #isClosed = false
  #isLeaving = false
  #hasEnded = false
  #stopWaiting: () => void = () => {}

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#stream = options.input.stream
    this.clientAddress = options.clientAddress
    this.localAddress = options.localAddress
    this.listener = options.listener
    this.lastActiveMs = options.clock.monotonicMs()
    this.#frames = new FrameCutter(options.buffers, options.maxRequestBytes, options.memory)
    this.#turn = new Turn(options.clock, () => this.#drained())
    this.#output = new Output({
      stream: this.#stream,
      turn: this.#turn,
      memory: options.answers,
      taken: () => this.#noteActivity(),
      failed: (error) => {
        this.#report(error)
        this.close()
      },
    })
    this.#stream.on('drain', () => this.#drained())
    this.#stream.on('end', () => {
      this.#hasEnded = true
      this.#pump()
    })
    // 'close' always follows; there is nobody left to tell.
    this.#stream.on('error', () => {})
    this.#stream.on('close', () => this.close())
    options.input.start(this)
  }

  get isIdle(): boolean {
    return !this.#isBusy
  }

  /** What a request holds that the client has sent a part of. */
  get unsentBytes(): number {
    return this.#frames.missingFrameBytes
  }

  /** What unread answers hold in memory, apart from pieces of files. */
  get unreadBytes(): number {
    return this.#output.heldBytes
  }

  get #isOpen(): boolean {
    return !this.#isClosed && !this.#isLeaving
  }

  #noteActivity(): void {
    this.lastActiveMs = this.#options.clock.monotonicMs()
  }

  roomForAnswer(): Promise<boolean> | null {
    return this.#options.answers.room()?.then(() => !this.#isClosed) ?? null
  }

  onClose(ended: () => void): () => void {
    this.#closeListeners.add(ended)
    return () => this.#closeListeners.delete(ended)
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#stopWaiting()
    this.#stream.destroy()
    this.#output.close()
    for (const ended of this.#closeListeners) ended()
    this.#closeListeners.clear()
    // A request at work may still look at its frame; it is released when that ends.
    if (!this.#isBusy) this.#frames.close()
  }

  #report(error: unknown): void {
    const { logger } = this.#options
    if (error instanceof FrameSizeError || error instanceof StorageError) {
      logger.warn(`closing the connection from ${this.clientAddress}: ${error.message}`)
    } else logger.error('a request failed', error)
  }

  /** Closes the connection once the client has the answers that are made: they are about earlier requests. */
  #leave(): void {
    if (!this.#isOpen) return
    this.#isLeaving = true
    this.#endOutput()
  }

  #endOutput(): void {
    if (!this.#output.isEmpty) return
    if (this.#stream.writableLength === 0) this.close()
    else this.#stream.end(() => this.close())
  }

  #drained(): void {
    if (this.#turn.isOver) {
      this.#turn.defer()
      return
    }
    this.#output.flow()
    if (this.#isLeaving) this.#endOutput()
    else this.#pump()
  }

  get gap(): Buffer | null {
    return this.#frames.gap
  }

  fillGap(count: number): void {
    if (!this.#isOpen) return
    this.lastActiveMs = this.#turn.begin()
    if (this.#frames.fillGap(count)) this.#pump()
  }

  receive(chunk: Buffer): void {
    if (!this.#isOpen) return
    this.#frames.push(chunk)
    this.#received()
  }

  receiveShared(chunk: Buffer): void {
    if (!this.#isOpen) return
    this.#frames.pushShared(chunk)
    this.#received()
    this.#frames.settle()
  }

  #received(): void {
    this.lastActiveMs = this.#turn.begin()
    if (!this.#isBusy) this.#pump()
    else this.#setPaused(true)
  }

  /**
   * Answers what there is until a request has to wait, the client stops taking answers, the turn is over, or the bytes
   * run out.
   */
  #pump(): void {
    if (this.#isBusy || !this.#isOpen) return
    let hasMore = false
    this.#stream.cork()
    try {
      while (!this.#isBusy && this.#isOpen && !this.#output.isFull) {
        if (this.#frames.hasNothing) break
        if (this.#turn.isOver) {
          this.#turn.defer()
          hasMore = true
          break
        }
        const frame = this.#frames.next()
        if (!frame) break
        this.#answer(frame)
      }
    } catch (error) {
      this.#report(error)
      this.#leave()
    } finally {
      this.#stream.uncork()
    }
    // Not while a request waits: a paused stream would not tell that the client went away.
    hasMore ||= this.#output.isFull || this.#frames.isStarved
    this.#setPaused(hasMore)
    if (this.#frames.isStarved) {
      this.#stopWaiting()
      this.#stopWaiting = this.#options.memory.whenRoom(() => this.#pump())
    }
    if (this.#hasEnded && !this.#isBusy && !hasMore) this.#leave()
  }

  #answer(frame: Buffer): void {
    const answer = this.#options.dispatcher.answer(frame, this.#options.node, this)
    if (!(answer instanceof Promise)) {
      this.#frames.release()
      this.#write(answer)
      return
    }
    this.#isBusy = true
    answer.then(
      (later) => {
        this.#endRequest()
        this.#write(later)
        this.#pump()
      },
      (bug: unknown) => {
        this.#options.logger.error('a request failed', bug)
        this.#endRequest()
        this.close()
      },
    )
  }

  #endRequest(): void {
    this.#isBusy = false
    this.#frames.release()
    if (this.#isClosed) this.#frames.close()
  }

  #write(answer: Answer | 'close' | null): void {
    if (answer === null) return
    if (answer === 'close') {
      this.#leave()
      return
    }
    this.#noteActivity()
    if (this.#isClosed) for (const done of answer.onSent) done()
    else this.#output.write(answer)
  }

  #setPaused(paused: boolean): void {
    if (paused === this.#isPaused || this.#isClosed) return
    this.#isPaused = paused
    if (paused) this.#stream.pause()
    else this.#stream.resume()
  }
}
