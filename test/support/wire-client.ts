import type { Duplex } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { Reader } from '../../src/bytes/reader.ts'
import { Writer } from '../../src/bytes/writer.ts'
import { codec } from '../../src/protocol/compile.ts'
import { skipResponseTags, writeRequestHeader } from '../../src/protocol/header.ts'
import type { Api, DecodedResponseOf, Fields, RequestOf } from '../../src/protocol/schema.ts'

/** The bytes of a request as they go over the wire, with their length in front. */
export function requestFrame<A extends Api<Fields, Fields>>(
  api: A,
  version: number,
  body: RequestOf<A>,
  { correlationId = 0, clientId = 'test' } = {},
): Buffer {
  const writer = new Writer()
  writer.int32(0)
  writeRequestHeader(writer, api, version, correlationId, clientId)
  codec<Fields>(api.request, version).encode(writer, body as unknown as Record<string, never>)
  const frame = writer.takeBytes()
  frame.writeInt32BE(frame.length - 4, 0)
  return frame
}

/** An answer without its length as the client sees it; bytes that are left over are an error. */
export function decodeAnswer<A extends Api<Fields, Fields>>(
  api: A,
  version: number,
  frame: Buffer,
): { correlationId: number; body: DecodedResponseOf<A> } {
  const reader = new Reader(frame)
  const correlationId = reader.int32()
  skipResponseTags(reader, api, version)
  const body = codec<Fields>(api.response, version).decode(reader) as DecodedResponseOf<A>
  if (reader.remaining > 0) throw new Error(`${reader.remaining} bytes are left after the answer`)
  return { correlationId, body }
}

/** A client that does nothing on its own: it writes what a test says and gives the frames that come back. */
export class WireClient {
  readonly stream: Duplex
  readonly clientId: string
  #chunks: Buffer[] = []
  #pendingBytes = 0
  #hasEnded = false
  #wake: () => void = () => {}
  #nextCorrelationId = 1

  constructor(stream: Duplex, clientId = 'test') {
    this.stream = stream
    this.clientId = clientId
    stream.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk)
      this.#pendingBytes += chunk.length
      this.#wake()
    })
    for (const event of ['end', 'close', 'error']) {
      stream.on(event, () => {
        this.#hasEnded = true
        this.#wake()
      })
    }
  }

  /** Whether the broker has hung up. */
  get isClosed(): boolean {
    return this.#hasEnded
  }

  /** Bytes that have come and were not asked for yet. */
  get pendingBytes(): number {
    return this.#pendingBytes
  }

  write(bytes: Buffer): void {
    this.stream.write(bytes)
  }

  /** Sends a request; gives its correlation id. */
  send<A extends Api<Fields, Fields>>(api: A, version: number, body: RequestOf<A>): number {
    const correlationId = this.#nextCorrelationId++
    this.write(requestFrame(api, version, body, { correlationId, clientId: this.clientId }))
    return correlationId
  }

  /** The next answer without its length; null when the broker hung up instead. */
  async nextFrame(): Promise<Buffer | null> {
    for (;;) {
      if (this.#pendingBytes >= 4) {
        const end = 4 + this.#first(4).readInt32BE(0)
        if (this.#pendingBytes >= end) {
          const first = this.#first(end)
          this.#pendingBytes -= end
          this.#chunks.shift()
          if (first.length > end) this.#chunks.unshift(first.subarray(end))
          return first.subarray(4, end)
        }
      }
      if (this.#hasEnded) return null
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** The first chunk, made to hold at least so many bytes. */
  #first(bytes: number): Buffer {
    let count = 0
    for (let length = 0; length < bytes; count++) length += this.#chunks[count]!.length
    if (count > 1) this.#chunks.unshift(Buffer.concat(this.#chunks.splice(0, count)))
    return this.#chunks[0]!
  }

  async receive<A extends Api<Fields, Fields>>(
    api: A,
    version: number,
  ): Promise<{ correlationId: number; body: DecodedResponseOf<A> }> {
    const frame = await this.nextFrame()
    if (!frame) throw new Error(`the broker hung up instead of answering ${api.name} ${version}`)
    return decodeAnswer(api, version, frame)
  }

  /** Sends a request and waits for its answer. */
  async ask<A extends Api<Fields, Fields>>(
    api: A,
    version: number,
    body: RequestOf<A>,
  ): Promise<DecodedResponseOf<A>> {
    const sent = this.send(api, version, body)
    const { correlationId, body: answer } = await this.receive(api, version)
    if (correlationId !== sent) throw new Error(`the answer to ${correlationId} came in place of ${sent}`)
    return answer
  }

  /** Waits until the broker has hung up. */
  async closed(): Promise<void> {
    while (await this.nextFrame());
  }

  close(): void {
    this.stream.destroy()
  }
}

/** Lets everything happen that needs neither time nor another process. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await setImmediate()
}
