import type { Socket } from 'node:net'
import { Reader } from '../../bytes/reader.ts'
import { Writer } from '../../bytes/writer.ts'
import { codec } from '../../protocol/compile.ts'
import { skipResponseTags, writeRequestHeader } from '../../protocol/header.ts'
import { ApiVersions } from '../../protocol/messages/metadata.ts'
import type { Api, Decoded, DecodedResponseOf, Encodable, Fields } from '../../protocol/schema.ts'
import type { Clock } from '../clock.ts'
import { isReading, requireReading } from '../read-only.ts'
import { type Address, formatAddress } from './addresses.ts'
import {
  ConnectionError,
  type ConnectionErrorOptions,
  type ConnectionFailure,
  describeStranger,
  SECURITY_HINT,
} from './connection-error.ts'
import { FrameLengthError, FrameReader } from './frame-reader.ts'
import { PendingRequests } from './pending-requests.ts'
import { TCP, type Transport } from './transport.ts'
import { chooseVersion, negotiate } from './versions.ts'

/** Far above any answer a broker sends, far below what text or a TLS alert looks like when read as a length. */
const MAX_FRAME_BYTES = 256 * 1024 * 1024

/** What a login may do on a connection that serves nothing else meanwhile. */
export interface LoginLink {
  readonly address: string
  request<Q extends Fields, S extends Fields>(api: Api<Q, S>, body: Encodable<Q>): Promise<Decoded<S>>
}

/** Logs in, and gives the milliseconds until that has to be done again, 0 for never. */
export type Login = (link: LoginLink) => Promise<number>

/** What has been achieved on the way to a connection that can be used; `tls` and `sasl` where they are asked for. */
export type ConnectionStep = 'tcp' | 'tls' | 'versions' | 'sasl'

export interface ConnectionOptions {
  readonly clientId: string
  readonly clientVersion: string
  readonly connectTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly clock: Clock
  /** Why nothing may be changed; such requests throw ReadOnlyError and are not sent. */
  readonly readOnly?: string | undefined
  /** Called before each request that may change the cluster. */
  readonly beforeChange?: (() => void) | undefined
  /** TCP when left out. */
  readonly transport?: Transport | undefined
  readonly login?: Login | undefined
  readonly onStep?: ((step: ConnectionStep) => void) | undefined
  readonly random?: (() => number) | undefined
  /** Called with the address when an open connection does not answer for longer than `quietMs`, and when it does again. */
  readonly onSilence?: ((address: string) => void) | undefined
  readonly onAnswerAgain?: ((address: string) => void) | undefined
  readonly quietMs?: number | undefined
  /** Ends an attempt to connect. */
  readonly signal?: AbortSignal | undefined
}

export interface RequestOptions {
  /** The highest version both sides know when left out. */
  readonly version?: number | undefined
  /** How long the answer may take, if not requestTimeoutMs. */
  readonly timeoutMs?: number | undefined
  /** How long the broker may rightly hold the answer back, as a fetch that waits for records. */
  readonly heldMs?: number | undefined
}

/** Java's clients log in again after 85 to 95 % of a session's lifetime, so that they don't do so all at once. */
const SESSION_FRACTION = { least: 0.85, spread: 0.1 }

/**
 * One socket to one broker. Requests are sent at once, however many are under way, and answered in order. Whatever
 * goes wrong on the socket fails every request under way with a ConnectionError and closes it.
 */
export class Connection {
  readonly address: string
  readonly #options: ConnectionOptions
  readonly #transport: Transport
  readonly #socket: Socket
  readonly #frames = new FrameReader(MAX_FRAME_BYTES, (frame) => this.#answered(frame))
  readonly #writer = new Writer(16 * 1024)
  readonly #pending: PendingRequests
  readonly #closeListeners: ((error: ConnectionError) => void)[] = []
  #nextCorrelationId = 0
  #failure: ConnectionError | null = null
  #answers = 0
  #isCorked = false
  #apiVersions: DecodedResponseOf<typeof ApiVersions> | null = null
  #loginAgainAtMs = Infinity
  /** What was to be written while a login was under way. */
  #held: (() => void)[] | null = null

  private constructor(address: Address, options: ConnectionOptions) {
    this.address = formatAddress(address)
    this.#options = options
    this.#pending = new PendingRequests({
      clock: options.clock,
      quietMs: options.quietMs ?? Infinity,
      onLate: (timeoutMs) => this.#failed('timed-out', `no answer within ${timeoutMs} ms`),
      onSilence: () => options.onSilence?.(this.address),
      onAnswerAgain: () => options.onAnswerAgain?.(this.address),
    })
    this.#transport = options.transport ?? TCP
    this.#socket = this.#transport.dial(address, this.#frames, (count) => this.#filled(count))
    this.#socket.on('close', () => this.#hungUp())
  }

  /** Connects, asks the broker which versions it knows, and logs in if that is wanted. */
  static async open(address: Address, options: ConnectionOptions): Promise<Connection> {
    const connection = new Connection(address, options)
    const { signal } = options
    const close = (): void => connection.close()
    signal?.addEventListener('abort', close)
    try {
      await connection.#connected()
      connection.#apiVersions = await negotiate(options.clientVersion, (version, body) =>
        connection.requestRaw(ApiVersions, body, version),
      )
      options.onStep?.('versions')
      if (options.login !== undefined) await connection.#logIn(options.login)
    } catch (error) {
      connection.close()
      throw error
    } finally {
      signal?.removeEventListener('abort', close)
    }
    return connection
  }

  #connected(): Promise<void> {
    const { clock, connectTimeoutMs, onStep } = this.#options
    const { readyEvent, explain } = this.#transport
    return new Promise((resolve, reject) => {
      let isReady = false
      let isConnected = false
      const cancel = clock.after(connectTimeoutMs, () => {
        const missing = isConnected ? 'end of the TLS handshake' : 'connection'
        this.#failed('timed-out', `no ${missing} within ${connectTimeoutMs} ms`)
      })
      this.#socket.once('connect', () => {
        isConnected = true
        onStep?.('tcp')
      })
      this.#socket.once(readyEvent, () => {
        cancel()
        isReady = true
        if (readyEvent === 'secureConnect') onStep?.('tls')
        resolve()
      })
      this.#socket.on('error', (error) => this.#fail(explain(error, this.address, isReady)))
      this.onClose((error) => {
        cancel()
        reject(error)
      })
    })
  }

  async #logIn(login: Login): Promise<void> {
    const { clock, random = Math.random, onStep } = this.#options
    const lifetimeMs = await login({
      address: this.address,
      request: async (api, body) => {
        const version = this.version(api)
        return decodeAnswer(api, version, await this.#send(api, body, version))
      },
    })
    const { least, spread } = SESSION_FRACTION
    this.#loginAgainAtMs =
      lifetimeMs > 0 ? clock.monotonicMs() + lifetimeMs * (least + spread * random()) : Infinity
    onStep?.('sasl')
  }

  /** KIP-368: a broker hangs up on whoever goes on after a session's end. What comes meanwhile waits for its turn. */
  #renewSession(): void {
    const { clock, login } = this.#options
    if (login === undefined || this.#held !== null || clock.monotonicMs() < this.#loginAgainAtMs) return
    this.#held = []
    const goOn = (): void => {
      const held = this.#held ?? []
      this.#held = null
      for (const send of held) send()
    }
    this.#logIn(login).then(goOn, (error) => {
      const isTold = error instanceof ConnectionError
      const reason = error instanceof Error ? error.message : String(error)
      this.#fail(isTold ? error : new ConnectionError('authentication', this.address, reason))
      goOn()
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

  /** Whether an answer has been due for longer than `quietMs`. */
  get isSilent(): boolean {
    return this.#pending.isSilent
  }

  /** Calls back once the connection can no longer be used; at once if that is so already. */
  onClose(listener: (error: ConnectionError) => void): void {
    if (this.#failure !== null) listener(this.#failure)
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
    const frame = await this.requestRaw(api, body, version, options)
    return { answer: decodeAnswer(api, version, frame), frame }
  }

  /** Sends a request and gives the whole answer, correlation id first, undecoded. */
  requestRaw<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    body: Encodable<Q>,
    version: number,
    options: RequestOptions = {},
  ): Promise<Buffer> {
    this.#renewSession()
    if (this.#held === null) return this.#send(api, body, version, options)
    const held = this.#held
    return new Promise((resolve, reject) => {
      held.push(() => this.#send(api, body, version, options).then(resolve, reject))
    })
  }

  #send<Q extends Fields, S extends Fields>(
    api: Api<Q, S>,
    body: Encodable<Q>,
    version: number,
    { timeoutMs = this.#options.requestTimeoutMs, heldMs = 0 }: RequestOptions = {},
  ): Promise<Buffer> {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    try {
      return this.#pending.add(this.#write(api, body, version), { timeoutMs, heldMs })
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Sends a request that the broker will not answer: Produce with acks 0. */
  post<Q extends Fields, S extends Fields>(api: Api<Q, S>, body: Encodable<Q>, version: number): void {
    if (this.#failure !== null) throw this.#failure
    this.#renewSession()
    if (this.#held === null) this.#write(api, body, version)
    else {
      this.#held.push(() => {
        if (this.isOpen) this.#write(api, body, version)
      })
    }
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
    const held = this.#held
    if (held !== null) return new Promise((resolve) => held.push(() => this.drained().then(resolve)))
    if (this.#socket.writableLength === 0 || this.#failure !== null) return Promise.resolve()
    return new Promise((resolve) => {
      this.onClose(() => resolve())
      this.#socket.write('', () => resolve())
    })
  }

  close(): void {
    this.#failed('shut-down', 'the connection was closed by this client')
  }

  #write<Q extends Fields, S extends Fields>(api: Api<Q, S>, body: Encodable<Q>, version: number): number {
    const { readOnly, beforeChange } = this.#options
    requireReading(api, body, readOnly)
    if (beforeChange !== undefined && !isReading(api, body)) beforeChange()
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
      const { reason, hint } = describeStranger(error.received)
      this.#failed('not-kafka', reason, { cause: error, hint })
    }
  }

  #answered(frame: Buffer): void {
    const correlationId = frame.readInt32BE(0)
    const { expected } = this.#pending
    if (correlationId !== expected) {
      const due = expected === undefined ? 'nothing' : `answer ${expected}`
      this.#failed('not-kafka', `got answer ${correlationId} where ${due} was due`)
      return
    }
    this.#answers++
    this.#pending.answered(frame)
  }

  #hungUp(): void {
    const { transport, login } = this.#options
    const hint = transport === undefined && login === undefined ? SECURITY_HINT : undefined
    const suspicion = 'this may not be a Kafka broker, or it expects TLS or SASL'
    if (this.#answers === 0) {
      this.#failed('closed', `the connection was closed before the first answer: ${suspicion}`, { hint })
    } else if (this.#answers === 1 && this.#pending.length > 0) {
      const reason = 'the broker closed the connection on the first request: it may expect SASL'
      this.#failed('rejected', reason, { hint })
    } else {
      this.#failed('closed', 'the broker closed the connection')
    }
  }

  #failed(failure: ConnectionFailure, reason: string, options?: ConnectionErrorOptions): void {
    this.#fail(new ConnectionError(failure, this.address, reason, options))
  }

  #fail(error: ConnectionError): ConnectionError {
    if (this.#failure !== null) return this.#failure
    this.#failure = error
    this.#socket.destroy()
    this.#pending.failAll(error)
    for (const listener of this.#closeListeners.splice(0)) listener(error)
    return error
  }
}

/** The body of an answer that requestRaw gave. */
function decodeAnswer<S extends Fields>(api: Api<Fields, S>, version: number, frame: Buffer): Decoded<S> {
  const reader = new Reader(frame, 4)
  skipResponseTags(reader, api, version)
  return codec(api.response, version).decode(reader)
}
