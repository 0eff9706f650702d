import { Readable } from 'node:stream'

import type { EndingSignal, Io } from '../../src/cli/io.ts'
import { Outlet } from '../../src/cli/streams/outlet.ts'
import type { Port } from '../../src/cli/streams/port.ts'

export interface TestIo extends Io {
  /** What was written to standard output so far. */
  readonly stdout: string
  readonly stdoutBytes: Buffer
  readonly stderr: string
  /** How many listen for SIGINT. */
  readonly listeners: number
  /** Delivers the signal, SIGINT unless named. */
  interrupt(signal?: EndingSignal): void
}

export interface TestIoOptions {
  readonly input?: string | Buffer
  /** The working folder; one that does not exist when left out. */
  readonly cwd?: string
  readonly env?: Record<string, string>
  readonly isTerminal?: boolean
  readonly now?: number
  readonly programPath?: string
  readonly uptimeMs?: number
}

const memoryPort = (take: (bytes: Uint8Array) => void): Port => ({
  hasReader: false,
  tryWrite(bytes) {
    take(bytes)
    return bytes.length
  },
  async writeSome(bytes) {
    take(bytes)
    return bytes.length
  },
})

/** Streams in memory, a fixed clock and no chance, for running a tool inside a test. */
export function testIo({
  input = '',
  cwd = '/no-such-folder',
  env = {},
  isTerminal = false,
  now = 0,
  programPath = '/opt/ktool/bin/ktool.js',
  uptimeMs = 0,
}: TestIoOptions = {}): TestIo {
  const written: Buffer[] = []
  const output = new Outlet(() => memoryPort((bytes) => void written.push(Buffer.from(bytes))))
  let stderr = ''
  const listeners = new Set<Parameters<Io['onInterrupt']>[0]>()
  return {
    out: (chunk) => output.write(chunk),
    output,
    err: (text) => {
      stderr += text
    },
    flush: async () => {
      await output.drained()
      return null
    },
    in: Readable.from([Buffer.from(input as string)]),
    cwd,
    env,
    isTerminal: { in: isTerminal, out: isTerminal, err: isTerminal },
    columns: 100,
    pid: 1,
    programPath,
    uptimeMs,
    now: () => now,
    randomBytes: (size) => Buffer.alloc(size, 7),
    onInterrupt(callback) {
      listeners.add(callback)
      return () => listeners.delete(callback)
    },
    get stdout() {
      return Buffer.concat(written).toString()
    },
    get stdoutBytes() {
      return Buffer.concat(written)
    },
    get stderr() {
      return stderr
    },
    get listeners() {
      return listeners.size
    },
    interrupt(signal = 'SIGINT') {
      for (const callback of listeners) callback(signal)
    },
  }
}
