// The ways to write to a file descriptor without the program having to wait for its reader.

import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { isatty } from 'node:tty'
import { OutputClosed } from '../io.ts'
import { isClosedAtStart } from './closed-at-start.ts'

/** A place to write bytes to. Both ways of writing throw OutputClosed when nothing written from now on is read. */
export interface Port {
  /** Whether a program reads what is written, which may be slow, stall, or end early. */
  readonly hasReader: boolean
  /** Writes without waiting; returns how many bytes were accepted: fewer than all when there is no room at the moment. */
  tryWrite(bytes: Uint8Array): number
  /** Waits until at least some of the first bytes are accepted; returns how many were. */
  writeSome(bytes: Uint8Array): Promise<number>
}

/** A write of this size to a pipe is accepted as a whole or not at all (POSIX: PIPE_BUF is 512 or more, Linux has 4096). */
const ATOMIC_BYTES = 4096

/** How long a terminal that accepts nothing is left alone, at first and at most: nothing reports that it is ready again. */
const FIRST_PAUSE_MS = 1
const MAX_PAUSE_MS = 20

export function openPort(fd: number): Port {
  const stat = fstatSync(fd)
  if (stat.isFIFO()) return pipePort(fd)
  if (stat.isSocket()) return socketPort(fd, false)
  if (isatty(fd)) return terminalPort(fd)
  return isClosedAtStart(fd, stat) ? closedPort() : filePort(fd)
}

/** The two descriptors lead to the same pipe, socket or terminal. */
export function isSamePort(one: number, other: number): boolean {
  const [a, b] = [fstatSync(one), fstatSync(other)]
  return !a.isFile() && a.dev === b.dev && a.ino === b.ino && a.rdev === b.rdev
}

/** Files and devices accept everything at once, or report an error. */
const filePort = (fd: number): Port => ({
  hasReader: false,
  tryWrite(bytes) {
    let at = 0
    // A disk that is full accepts a part, and reports the error for the rest.
    for (let count = 1; at < bytes.length && count > 0; at += count) count = tryWrite(fd, bytes, at)
    return at
  },
  writeSome: (bytes) => polled(fd, bytes),
})

/**
 * Non-blocking mode belongs to the open file and not to the descriptor, so that it would be seen by every process that
 * shares the pipe. Opening the pipe anew avoids that; where this is impossible Node sets the mode on the shared file.
 */
function pipePort(fd: number): Port {
  const own = reopened(fd)
  return own === null ? socketPort(fd, false) : socketPort(own, true)
}

/** `isReady`: the descriptor is in non-blocking mode already. */
function socketPort(fd: number, isReady: boolean): Port {
  let socket: Socket | null = null
  return {
    hasReader: true,
    tryWrite: (bytes) => (isReady ? tryWrite(fd, bytes) : 0),
    async writeSome(bytes) {
      if (socket === null) {
        // Loaded by those whose reader is slow: most never need it.
        const { Socket } = await import('node:net')
        socket = new Socket({ fd, readable: false, writable: true })
        socket.on('error', () => {})
        isReady = true
      }
      const piece = bytes.subarray(0, ATOMIC_BYTES)
      await written(socket, piece)
      return piece.length
    },
  }
}

const written = (socket: Socket, bytes: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.write(bytes, (error) => (error ? reject(worded(error)) : resolve()))
  })

/** A terminal stalls, too: on Ctrl-S, or when its window does not keep up. */
function terminalPort(fd: number): Port {
  const own = reopened(fd) ?? fd
  return {
    hasReader: true,
    tryWrite: (bytes) => tryWrite(own, bytes),
    writeSome: (bytes) => polled(own, bytes),
  }
}

/** Another open file of the same pipe or terminal, in non-blocking mode; null where there is no way to it. */
function reopened(fd: number): number | null {
  try {
    const flags = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY
    const own = openSync(`/proc/self/fd/${fd}`, flags)
    if (fstatSync(own).ino === fstatSync(fd).ino) return own
    closeSync(own)
    return null
  } catch {
    // No /proc, no permission after a change of user, or a pipe whose reader is gone.
    return null
  }
}

async function polled(fd: number, bytes: Uint8Array): Promise<number> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    const count = tryWrite(fd, bytes)
    if (count > 0) return count
  }
}

function tryWrite(fd: number, bytes: Uint8Array, from = 0): number {
  try {
    return writeSync(fd, bytes, from)
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') return 0
    // A terminal whose window was closed.
    const isGone = codeOf(error) === 'EIO' && isatty(fd)
    throw isGone ? new OutputClosed('the terminal was closed', { cause: error }) : worded(error)
  }
}

function closedPort(): Port {
  const fail = (): never => {
    throw new Error('standard output is closed')
  }
  return { hasReader: false, tryWrite: fail, writeSome: async () => fail() }
}

/** What a failed write is reported as. */
function worded(error: unknown): unknown {
  const isClosed = ['EPIPE', 'ECONNRESET'].includes(codeOf(error))
  return isClosed ? new OutputClosed('the reader went away', { cause: error }) : error
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''
