import { createConnection, type Socket } from 'node:net'
import type { Address } from './addresses.ts'
import { ConnectionError, isUnresolved, socketReason } from './connection-error.ts'
import type { FrameReader } from './frame-reader.ts'

/** Opens the socket and has it read into `frames`. */
export type Dial = (address: Address, frames: FrameReader, onFilled: (count: number) => void) => Socket

/** What requests travel over: TCP alone, or TLS on it. */
export interface Transport {
  readonly dial: Dial
  /** The socket's event after which it can be written to. */
  readonly readyEvent: 'connect' | 'secureConnect'
  /** What an error of the socket means; `isReady` says whether it came after that event. */
  readonly explain: (error: Error, address: string, isReady: boolean) => ConnectionError
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

export const TCP: Transport = {
  dial: dialTcp,
  readyEvent: 'connect',
  explain: (error, address, isReady) =>
    new ConnectionError(isReady ? 'closed' : 'unreachable', address, socketReason(error), {
      cause: error,
      isUnresolved: isUnresolved(error),
    }),
}
