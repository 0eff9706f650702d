import { fstatSync, readFileSync, writeSync } from 'node:fs'

import { isHangUpIgnored } from '../log/hang-up.ts'
import type { EndingSignal, Io } from './io.ts'
import { OutputClosed } from './io.ts'

/** The real streams. They are written synchronously: no output is lost when the process ends, and EPIPE is thrown where it arises. */
export function processIo(process: NodeJS.Process): Io {
  let signals: readonly EndingSignal[] | undefined
  return {
    out(chunk) {
      try {
        writeAll(1, chunk)
      } catch (error) {
        if (isClosed(error)) throw new OutputClosed('standard output was closed', { cause: error })
        throw error
      }
    },
    err(text) {
      try {
        writeAll(2, text)
      } catch (error) {
        if (!isClosed(error)) throw error
      }
    },
    get in() {
      // Node takes a folder for an input without content, and whoever redirected it would never know.
      if (fstatSync(0).isDirectory()) throw new Error('standard input is a folder')
      return process.stdin
    },
    get cwd() {
      try {
        return process.cwd()
      } catch {
        // The folder was removed, and nothing is to be found in it.
        return '/'
      }
    },
    env: process.env,
    pid: process.pid,
    programPath: process.argv[1] ?? '',
    get uptimeMs() {
      return performance.now()
    },
    isTerminal: {
      get in() {
        return process.stdin.isTTY === true
      },
      get out() {
        return process.stdout.isTTY === true
      },
      get err() {
        return process.stderr.isTTY === true
      },
    },
    get columns() {
      return process.stdout.columns ?? 80
    },
    now: Date.now,
    randomBytes: (size) => Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(size))),
    onInterrupt(callback) {
      signals ??= endingSignals(process)
      for (const signal of signals) process.on(signal, callback)
      return () => {
        for (const signal of signals ?? []) process.off(signal, callback)
      }
    },
  }
}

/** Listening to SIGHUP would undo what `nohup` did. */
function endingSignals({ platform, stdout, stderr }: NodeJS.Process): readonly EndingSignal[] {
  const isIgnored =
    platform === 'linux' ? isHangUpIgnored(readText) : platform !== 'win32' && !stdout.isTTY && !stderr.isTTY
  return isIgnored ? ['SIGINT', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP']
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function writeAll(fd: number, chunk: string | Uint8Array): void {
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at)
    } catch (error) {
      // Another process may have made the pipe that we share non-blocking: wait until there is room.
      if (!hasCode(error, 'EAGAIN')) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}

const isClosed = (error: unknown): boolean => hasCode(error, 'EPIPE')

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
