import { connect, type Socket } from 'node:net'
import { Writer } from '../../src/bytes/writer.ts'
import { codec } from '../../src/protocol/compile.ts'
import { writeRequestHeader } from '../../src/protocol/header.ts'
import { ApiVersions } from '../../src/protocol/messages/metadata.ts'

/** A request that waits, as a fetch does, is not waited for longer than this. */
const PATIENCE_MS = 200
/** No frame is answered with this id but the one that asks whether the connection still works. */
const MARK = 0x5eeded

const mark = markFrame()

/** What became of a frame: the connection worked on, was closed by the broker, or the request was still waiting. */
export type Outcome = 'answered' | 'closed' | 'waiting'

/** One connection at a time to a broker, made again whenever the broker closes it. */
export class Attacker {
  readonly #port: number
  #socket: Socket | null = null
  #received = Buffer.alloc(0)
  #settle: ((outcome: Outcome) => void) | null = null

  constructor(port: number) {
    this.#port = port
  }

  /** Sends a frame, and behind it a request that any working connection answers. */
  async send(frame: Buffer): Promise<Outcome> {
    const socket = this.#socket ?? this.#connect()
    const isUnfinished = frame.length < 4 || frame.readInt32BE(0) > frame.length - 4
    const outcome = await new Promise<Outcome>((resolve) => {
      const limit = setTimeout(() => resolve('waiting'), PATIENCE_MS)
      this.#settle = (settled) => {
        clearTimeout(limit)
        resolve(settled)
      }
      if (isUnfinished) socket.end(frame)
      else socket.write(Buffer.concat([frame, mark]))
    })
    if (outcome !== 'answered') this.close()
    return outcome
  }

  close(): void {
    this.#socket?.resetAndDestroy()
    this.#socket = null
    this.#settle = null
    this.#received = Buffer.alloc(0)
  }

  #connect(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true })
    const settle = (outcome: Outcome) => {
      if (this.#socket === socket) this.#settle?.(outcome)
    }
    socket.on('data', (chunk: Buffer) => {
      if (this.#socket === socket && this.#takesMark(chunk)) settle('answered')
    })
    // The broker may close while we still write.
    socket.on('error', () => {})
    socket.on('close', () => settle('closed'))
    this.#socket = socket
    return socket
  }

  /** Whether the answer to the mark has come; other answers are skipped over. */
  #takesMark(chunk: Buffer): boolean {
    this.#received = Buffer.concat([this.#received, chunk])
    while (this.#received.length >= 8) {
      const end = 4 + this.#received.readInt32BE(0)
      if (this.#received.length < end) return false
      const id = this.#received.readInt32BE(4)
      this.#received = this.#received.subarray(end)
      if (id === MARK) return true
    }
    return false
  }
}

function markFrame(): Buffer {
  const writer = new Writer()
  writeRequestHeader(writer, ApiVersions, 0, MARK, 'fuzz')
  codec(ApiVersions.request, 0).encode(writer, {})
  const body = writer.takeBytes()
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return Buffer.concat([length, body])
}
