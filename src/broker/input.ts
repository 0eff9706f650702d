// Where the bytes of clients are written before they are frames. By default Node allocates 64 KB for each read from a
// socket, which costs page faults and garbage collection: more CPU than the read. `onread` of net.Socket avoids that,
// but the public API has it only for sockets that connect.
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** What takes the bytes of one client. */
export interface Receiver {
  /** Where the next bytes should be written; null when that is no matter. */
  readonly gap: Buffer | null
  /** The next `count` bytes are at the start of the gap. */
  fillGap(count: number): void
  /** The next bytes; they belong to the receiver. */
  receive(chunk: Buffer): void
  /** The next bytes; their memory is used again when this returns. */
  receiveShared(chunk: Buffer): void
}

/** A stream that is read once it has a receiver. */
export interface Input {
  readonly stream: Duplex
  start(receiver: Receiver): void
}

/** Reads any stream; each chunk comes in memory that Node has allocated for it. */
export const streamInput = (stream: Duplex): Input => ({
  stream,
  start(receiver) {
    stream.on('data', (chunk: Buffer) => receiver.receive(chunk))
    stream.resume()
  },
})

/** Parts of sockets that Node does not document; the same in Node 20, 22 and 24. */
interface SocketInternals {
  readonly _handle?: { useUserBuffer?: (buffer: Buffer) => void } | null
  [key: symbol]: unknown
}

/** Where a socket keeps what its constructor was given as `onread`. */
const ONREAD_KEYS = ['kBuffer', 'kBufferGen', 'kBufferCb'] as const

/**
 * Reads an accepted socket, which must be paused, into the gap of the receiver or else into `shared`. Any number of
 * sockets can share that buffer: what one read has brought is dealt with before the next. Where this Node has other
 * internals, the socket is read as any stream.
 */
export function socketInput(socket: Socket, shared: Buffer): Input {
  const internals = socket as unknown as SocketInternals
  const keys = Object.getOwnPropertySymbols(socket)
  const [buffer, nextBuffer, callback] = ONREAD_KEYS.map((name) =>
    keys.find(({ description }) => description === name),
  )
  const handle = internals._handle
  if (!buffer || !nextBuffer || !callback || !handle?.useUserBuffer) return streamInput(socket)
  return {
    stream: socket,
    start(receiver) {
      internals[buffer] = shared
      internals[nextBuffer] = () => receiver.gap ?? shared
      internals[callback] = (count: number, filled: Buffer) => {
        if (filled === shared) receiver.receiveShared(shared.subarray(0, count))
        else receiver.fillGap(count)
      }
      handle.useUserBuffer?.(shared)
      socket.resume()
    },
  }
}
