// Where the bytes of clients are written before they are frames. By default Node allocates 64 KB for each read from a
// socket, which costs page faults and garbage collection: more CPU than the read. `onread` of net.Socket avoids that,
// but the public API has it only for sockets that connect.
import { Socket, type SocketConstructorOpts } from 'node:net'
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

/** Parts of an accepted socket that Node does not document; the same in Node 20, 22 and 24. */
interface SocketInternals {
  _handle: { useUserBuffer?: unknown } | null | undefined
  /** The server counts its connections through it. */
  _server: object | null | undefined
}

/**
 * Reads an accepted socket, which must be paused, into the gap of the receiver or else into `shared`. Any number of
 * sockets can share that buffer: what one read has brought is dealt with before the next. Where this Node has other
 * internals, the socket is read as any stream.
 */
export function socketInput(accepted: Socket, shared: Buffer): Input {
  const { _handle: handle, _server: server } = accepted as unknown as SocketInternals
  if (typeof handle?.useUserBuffer !== 'function' || !server) return streamInput(accepted)
  let receiver: Receiver | null = null
  const options = {
    handle,
    onread: {
      buffer: () => receiver?.gap ?? shared,
      callback(count: number, buffer: Uint8Array) {
        if (buffer === shared) receiver?.receiveShared(shared.subarray(0, count))
        else receiver?.fillGap(count)
        return true
      },
    },
  }
  const stream = new Socket(options as SocketConstructorOpts)
  // The accepted socket gives up what it would close.
  const internals: SocketInternals = { _handle: null, _server: null }
  Object.assign(accepted, internals)
  Object.assign(stream, { _server: server })
  return {
    stream,
    start(to) {
      receiver = to
      stream.resume()
    },
  }
}
