import { fstatSync, readFileSync } from 'node:fs'
import { isatty } from 'node:tty'
import { signalOf } from './exit.ts'
import type { EndingSignal, Io } from './io.ts'
import { isUnderNohup } from './nohup.ts'
import { Outlet } from './streams/outlet.ts'
import { isSamePort, openPort } from './streams/port.ts'
import { Talk } from './streams/talk.ts'

/** How long a reader that does not keep up is waited for after a signal asked to end. */
const GRACE_MS = 250

/** The real streams. */
export function processIo(process: NodeJS.Process): Io {
  const stdout = new Outlet(() => openPort(1))
  const talk = new Talk(isSamePort(1, 2) ? stdout : new Outlet(() => openPort(2)))
  let interrupts = 0
  let signals: readonly EndingSignal[] | undefined
  const onInterrupt: Io['onInterrupt'] = (callback) => {
    signals ??= endingSignals(process)
    const heard = (signal: EndingSignal): void => {
      interrupts++
      callback(signal)
    }
    for (const signal of signals) process.on(signal, heard)
    return () => {
      for (const signal of signals ?? []) process.off(signal, heard)
    }
  }
  return {
    out: (chunk) => stdout.write(chunk),
    output: stdout,
    err: (text) => talk.write(text),
    async flush() {
      if (stdout.given === stdout.taken && talk.isDrained) {
        await stdout.drained()
        return null
      }
      const flushed = Promise.allSettled([stdout.drained(), talk.drained()])
      const ended = endOfWait(interrupts, onInterrupt)
      const first = await Promise.race([flushed, ended.promise])
      ended.stop()
      if (!Array.isArray(first)) return first
      if (first[0].status === 'rejected') throw first[0].reason
      return null
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
        return isatty(1)
      },
      get err() {
        return isatty(2)
      },
    },
    get columns() {
      return isatty(1) ? process.stdout.columns : 80
    },
    now: Date.now,
    randomBytes: (size) => Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(size))),
    onInterrupt,
  }
}

/**
 * Ends the process. It would first wait for a host name that is being looked up on a thread, for ten seconds or more when
 * no name server answers: where a signal has ended the run, the signal itself does not.
 */
export function endProcess(process: NodeJS.Process, code: number): void {
  const signal = signalOf(code)
  if (signal !== undefined && process.getActiveResourcesInfo().includes('GetAddrInfoReqWrap')) {
    process.emit('exit', code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  }
  process.exit(code)
}

/** Resolves on a signal with its name; or with null when there was one already: a moment later, after a second at once. */
function endOfWait(interrupts: number, onInterrupt: Io['onInterrupt']) {
  let stop = (): void => {}
  const promise = new Promise<EndingSignal | null>((resolve) => {
    const stopListening = onInterrupt(resolve)
    const timer =
      interrupts > 0 ? setTimeout(() => resolve(null), interrupts === 1 ? GRACE_MS : 0) : undefined
    stop = () => {
      stopListening()
      clearTimeout(timer)
    }
  })
  return { promise, stop }
}

function endingSignals(process: NodeJS.Process): readonly EndingSignal[] {
  const { env, ppid } = process
  if (!isUnderNohup({ env, ppid, readText })) return ['SIGINT', 'SIGTERM', 'SIGHUP']
  // Without a listener it would end the process.
  process.on('SIGHUP', () => {})
  return ['SIGINT', 'SIGTERM']
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
