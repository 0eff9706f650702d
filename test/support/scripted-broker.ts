import { createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { Reader } from '../../src/bytes/reader.ts'
import { Writer } from '../../src/bytes/writer.ts'
import { codec } from '../../src/protocol/compile.ts'
import { readRequestHeader, skipTags, writeResponseHeader } from '../../src/protocol/header.ts'
import { ApiVersions } from '../../src/protocol/messages/metadata.ts'
import type { Api, DecodedRequestOf, Fields, ResponseOf } from '../../src/protocol/schema.ts'

/** What a script may do instead of answering. */
export const HANG_UP = Symbol('hang up')
export const STAY_SILENT = Symbol('stay silent')
type Reaction<A> = ResponseOf<A> | typeof HANG_UP | typeof STAY_SILENT

export interface Call {
  readonly version: number
  readonly clientId: string | null
  /** Counts the requests for this API from 0. */
  readonly count: number
  /** Counts the connections from 0. */
  readonly connection: number
}

export interface Script {
  readonly api: Api
  readonly minVersion: number
  readonly maxVersion: number
  readonly react: (request: never, call: Call) => unknown
}

/** One API of a scripted broker: what it answers to each request. */
export function on<A extends Api<Fields, Fields>>(
  api: A,
  react: (request: DecodedRequestOf<A>, call: Call) => Reaction<A> | Promise<Reaction<A>>,
  versions: { min?: number; max?: number } = {},
): Script {
  return {
    api,
    minVersion: versions.min ?? api.minVersion,
    maxVersion: versions.max ?? api.maxVersion,
    react,
  }
}

/** A broker on a loopback port that answers as it is told; closed when the test finishes. */
export class ScriptedBroker {
  readonly requests: { name: string; version: number; body: unknown; connection: number }[] = []
  readonly sockets = new Set<Socket>()
  readonly #scripts: Map<number, Script>
  readonly #server: Server
  readonly #counts = new Map<number, number>()
  #connections = 0

  private constructor(scripts: readonly Script[]) {
    this.#scripts = new Map(scripts.map((script) => [script.api.key, script]))
    this.#server = createServer((socket) => this.#serve(socket))
  }

  static async start(scripts: readonly Script[], port = 0): Promise<ScriptedBroker> {
    const broker = new ScriptedBroker(scripts)
    await new Promise<void>((resolve, reject) => {
      broker.#server.once('error', reject)
      broker.#server.listen(port, '127.0.0.1', resolve)
    })
    onTestFinished(() => broker.close())
    return broker
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  /** Adds or replaces what is answered to one API. */
  script(script: Script): void {
    this.#scripts.set(script.api.key, script)
  }

  requestsFor(api: Api): number {
    return this.#counts.get(api.key) ?? 0
  }

  close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  #serve(socket: Socket): void {
    const connection = this.#connections++
    this.sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => this.sockets.delete(socket))
    let received = Buffer.alloc(0)
    let answering = Promise.resolve()
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      while (received.length >= 4 && received.length - 4 >= received.readInt32BE(0)) {
        const frame = Buffer.from(received.subarray(4, 4 + received.readInt32BE(0)))
        received = received.subarray(4 + frame.length)
        answering = answering.then(() => this.#answer(socket, frame, connection))
      }
    })
  }

  async #answer(socket: Socket, frame: Buffer, connection: number): Promise<void> {
    const reader = new Reader(frame)
    const { apiKey, apiVersion: version, correlationId, clientId } = readRequestHeader(reader)
    const script = this.#scripts.get(apiKey) ?? this.#apiVersions()
    if (script.api.key !== apiKey) {
      socket.destroy()
      return
    }
    const { api } = script
    const count = this.#counts.get(apiKey) ?? 0
    this.#counts.set(apiKey, count + 1)
    if (version >= api.flexibleFrom) skipTags(reader)
    const body = codec(api.request, version).decode(reader)
    this.requests.push({ name: api.name, version, body, connection })
    const refused = api === ApiVersions && version > script.maxVersion
    const reaction = refused
      ? this.#refusal(script)
      : await script.react(body as never, { version, clientId, count, connection })
    if (reaction === HANG_UP) socket.destroy()
    if (reaction === HANG_UP || reaction === STAY_SILENT) return
    const writer = new Writer()
    const answerVersion = refused ? 0 : version
    writeResponseHeader(writer, api, answerVersion, correlationId)
    codec(api.response, answerVersion).encode(writer, reaction as never)
    const bytes = writer.takeBytes()
    const length = Buffer.alloc(4)
    length.writeInt32BE(bytes.length)
    socket.write(Buffer.concat([length, bytes]))
  }

  #apiVersions(): Script {
    return on(ApiVersions, () => ({ errorCode: 0, apiKeys: this.#apiKeys() }))
  }

  #refusal(script: Script): ResponseOf<typeof ApiVersions> {
    const { minVersion, maxVersion } = script
    return { errorCode: 35, apiKeys: [{ apiKey: ApiVersions.key, minVersion, maxVersion }] }
  }

  #apiKeys(): { apiKey: number; minVersion: number; maxVersion: number }[] {
    const scripts = [...this.#scripts.values()]
    return scripts.map(({ api, minVersion, maxVersion }) => ({ apiKey: api.key, minVersion, maxVersion }))
  }
}
