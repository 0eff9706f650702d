import { createConnection, type Socket } from 'node:net'
import { Reader } from '../bytes/reader.ts'
import { Writer } from '../bytes/writer.ts'
import { codec } from '../protocol/compile.ts'
import { skipResponseTags, writeRequestHeader } from '../protocol/header.ts'
import { ApiVersions } from '../protocol/messages/metadata.ts'
import type { Api, Decoded, DecodedResponseOf, Encodable, Fields } from '../protocol/schema.ts'
import { type Address, formatAddress } from './addresses.ts'
import { Alarm } from './alarm.ts'
import type { Clock } from './clock.ts'
import {
  ConnectionError,
  type ConnectionFailure,
  describeStranger,
  socketReason,
} from './connection-error.ts'
import { FrameLengthError, FrameReader } from './frame-reader.ts'
import { requireReading } from './read-only.ts'
import { chooseVersion, negotiate } from './versions.ts'

/** Far above any answer a broker sends, far below what text or a TLS alert looks like when read as a length. */
const MAX_FRAME_BYTES = 256 * 1024 * 1024

/** Opens the socket and has it read into `frames`: the place where TLS comes in. */
export type Dial = (address: Address, frames: FrameReader, onFilled: (count: number) => void) => Socket

export interface ConnectionOptions {
  readonly clientId: string
  readonly clientVersion: string
  readonly connectTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly clock: Clock
  readonly dial?: Dial | undefined
  /** Why nothing may be changed; such requests throw ReadOnlyError and are not sent. */
  readonly readOnly?: string | undefined
}

export interface RequestOptions {
  /** The highest version both sides know when left out. */
  readonly version?: number | undefined
  /** How long the answer may take, if not requestTimeoutMs. */
  readonly timeoutMs?: number | undefined
}

interface Pending {
  readonly correlationId: number
  readonly deadlineMs: number
  readonly timeoutMs: number
  readonly resolve: (frame: Buffer) => void
  readonly reject: (error: Error) => void
}

const dialTcp: Dial = ({ host, port }, frames, onFilled) => {
  const onread = {
    buffer: () => frames.space(),
    callback: (count: number) => {
      onFilled(count)
      return true
    },
  }
  return createConnection({ host, port, noDelay: true, onread })
}

/**
 * One socket to one broker. Requests are sent at once, however many are under way, and answered in order. Whatever
 * goes wrong on the socket fails every request under way with a ConnectionError and closes it.
 */
export class Connection {
  readonly address: string
  readonly #options: ConnectionOptions
  readonly #socket: Socket
  readonly #frames = new FrameReader(MAX_FRAME_BYTES, (frame) => this.#answered(frame))
  readonly #writer = new Writer(16 * 1024)
  readonly #pending: Pending[] = []
  readonly #alarm: Alarm
  readonly #closeListeners: (() => void)[] = []
  #nextCorrelationId = 0
  #failure: ConnectionError | null = null
  #answers = 0
  #isCorked = false
  #apiVersions: DecodedResponseOf<typeof ApiVersions> | null = null

  private constructor(address: Address, options: ConnectionOptions) {
    this.address = formatAddress(address)
    this.#options = options
    this.#alarm = new Alarm(options.clock, () => this.#checkDeadlines())
    const dial = options.dial ?? dialTcp
    this.#socket = dial(address, this.#frames, (count) => this.#filled(count))
    this.#socket.on('close', () => this.#hungUp())
  }

  /** Connects and asks the broker which versions it knows. */
  static async open(address: Address, options: ConnectionOptions): Promise<Connection> {
    const connection = new Connection(address, options)
    await connection.#connected()
    try {
      connection.#apiVersions = await negotiate(options.clientVersion, (version, body) =>
        connection.requestRaw(ApiVersions, body, version),
      )
    } catch (error) {
      connection.close()
      throw error
    }
    return connection
  }

  #connected(): Promise<void> {
    const { clock, connectTimeoutMs } = this.#options
    return new Promise((resolve, reject) => {
      const fail = (failure: ConnectionFailure, reason: string, cause?: Error): void => {
        cancel()
        reject(this.#fail(failure, reason, cause))
      }
      const cancel = clock.after(connectTimeoutMs, () =>
        fail('timed-out', `no connection within ${connectTimeoutMs} ms`),
      )
      this.#socket.once('connect', () => {
        cancel()
        this.#socket.off('error', unreachable)
        this.#socket.on('error', (error) => this.#fail('closed', socketReason(error), error))
        resolve()
      })
      const unreachable = (error: Error): void => fail('unreachable', socketReason(error), error)
      this.#socket.once('error', unreachable)
    })
  }

  /** The broker's own answer to ApiVersions. */
  get apiVersions(): DecodedResponseOf<typeof ApiVersions> {
    if (this.#apiVersions === null) throw new Error(`${this.address}: versions are not known yet`)
    return this.#apiVersions
  }

  get isOpen(): boolean {
    return this.#failure === null
  }

  /** Calls back once the connection can no longer be used; at once if that is so already. */
  onClose(listener: () => void): void {
    if (this.#failure !== null) listener()
    else this.#closeListeners.push(listener)
  }

  /** The highest version of `api` that both sides know; KafkaError UNSUPPORTED_VERSION when there is none. */
  version(api: Api, atMost = api.maxVersion): number {
    return chooseVersion(api, this.apiVersions.apiKeys, this.address, atMost)
  }

  /** Sends a request and gives the decoded answer, error codes and all. */
  async request<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    body: Encodable<Q>,
    options: RequestOptions = {},
  ): Promise<Decoded<S>> {
    return (await this.exchange(api, body, options)).answer
  }

  /** As request, and the memory that byte fields of the answer are views on, to `recycle` once they are used. */
  async exchange<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    body: Encodable<Q>,
    options: RequestOptions = {},
  ): Promise<{ answer: Decoded<S>; frame: Buffer }> {
    const version = options.version ?? this.version(api)
    const frame = await this.requestRaw(api, body, version, options.timeoutMs)
    return { answer: decodeAnswer(api, version, frame), frame }
  }

  /** Sends a request and gives the whole answer, correlation id first, undecoded. */
  requestRaw<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    body: Encodable<Q>,
    version: number,
    timeoutMs = this.#options.requestTimeoutMs,
  ): Promise<Buffer> {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      const correlationId = this.#write(api, body, version)
      const deadlineMs = this.#options.clock.now() + timeoutMs
      this.#pending.push({ correlationId, deadlineMs, timeoutMs, resolve, reject })
      this.#alarm.set(deadlineMs)
    })
  }

  /** Sends a request that the broker will not answer: Produce with acks 0. */
  post<Q extends Fields, S extends Fields>(api: Api<Q, S>, body: Encodable<Q>, version: number): void {
    if (this.#failure !== null) throw this.#failure
    this.#write(api, body, version)
  }

  /** Lets the next answers use the memory of `frame`; no view on it may be used any more. */
  recycle(frame: Buffer): void {
    this.#frames.recycle(frame)
  }

  /** Bytes that the socket has not taken yet. */
  get unsentBytes(): number {
    return this.#socket.writableLength
  }

  /** Resolves once the socket has taken all that was written; never rejects. */
  drained(): Promise<void> {
    if (this.#socket.writableLength === 0 || this.#failure !== null) return Promise.resolve()
    return new Promise((resolve) => {
      this.onClose(resolve)
      this.#socket.write('', () => resolve())
    })
  }

  close(): void {
    this.#fail('shut-down', 'the connection was closed by this client')
  }

  #write<Q extends Fields, S extends Fields>(api: Api<Q, S>, body: Encodable<Q>, version: number): number {
    requireReading(api, body, this.#options.readOnly)
    const correlationId = this.#nextCorrelationId
    const writer = this.#writer
    try {
      writer.int32(0)
      writeRequestHeader(writer, api, version, correlationId, this.#options.clientId)
      codec(api.request, version).encode(writer, body)
    } catch (error) {
      writer.takeChunks()
      throw error
    }
    this.#nextCorrelationId = (correlationId + 1) & 0x7fff_ffff
    const length = writer.length
    const chunks = writer.takeChunks()
    chunks[0]!.writeInt32BE(length - 4, 0)
    this.#cork()
    for (const chunk of chunks) this.#socket.write(chunk)
    return correlationId
  }

  /** What is written before control goes back to the event loop leaves in one call to the kernel. */
  #cork(): void {
    if (this.#isCorked) return
    this.#isCorked = true
    this.#socket.cork()
    queueMicrotask(() => {
      this.#isCorked = false
      this.#socket.uncork()
    })
  }

  #filled(count: number): void {
    try {
      this.#frames.filled(count)
    } catch (error) {
      if (!(error instanceof FrameLengthError)) throw error
      this.#fail('not-kafka', describeStranger(error.received), error)
    }
  }

  #answered(frame: Buffer): void {
    const pending = this.#pending.shift()
    const correlationId = frame.readInt32BE(0)
    if (pending === undefined || pending.correlationId !== correlationId) {
      const expected = pending === undefined ? 'nothing' : `answer ${pending.correlationId}`
      if (pending !== undefined) this.#pending.unshift(pending)
      this.#fail('not-kafka', `got answer ${correlationId} where ${expected} was due`)
      return
    }
    this.#answers++
    if (this.#pending.length === 0) this.#alarm.clear()
    pending.resolve(frame)
  }

  #checkDeadlines(): void {
    const now = this.#options.clock.now()
    const late = this.#pending.find(({ deadlineMs }) => deadlineMs <= now)
    if (late !== undefined) this.#fail('timed-out', `no answer within ${late.timeoutMs} ms`)
    else for (const { deadlineMs } of this.#pending) this.#alarm.set(deadlineMs)
  }

  #hungUp(): void {
    const suspicion = 'this may not be a Kafka broker, or it expects TLS or SASL'
    if (this.#answers === 0) {
      this.#fail('closed', `the connection was closed before the first answer: ${suspicion}`)
    } else if (this.#answers === 1 && this.#pending.length > 0) {
      this.#fail('rejected', 'the broker closed the connection on the first request: it may expect SASL')
    } else {
      this.#fail('closed', 'the broker closed the connection')
    }
  }

  #fail(failure: ConnectionFailure, reason: string, cause?: Error): ConnectionError {
    if (this.#failure !== null) return this.#failure
    const error = new ConnectionError(failure, this.address, reason, cause ? { cause } : undefined)
    this.#failure = error
    this.#alarm.clear()
    this.#socket.destroy()
    for (const { reject } of this.#pending.splice(0)) reject(error)
    for (const listener of this.#closeListeners.splice(0)) listener()
    return error
  }
}

/** The body of an answer that requestRaw gave. */
function decodeAnswer<S extends Fields>(api: Api<Fields, S>, version: number, frame: Buffer): Decoded<S> {
  const reader = new Reader(frame, 4)
  skipResponseTags(reader, api, version)
  return codec(api.response, version).decode(reader)
}
