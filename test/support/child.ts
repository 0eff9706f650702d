import { type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { KTOOL } from './start-ktool.ts'

/** A run of ktool whose streams and signals are the test's. */
export interface KtoolChild {
  readonly pid: number
  /** What it wrote to its standard error so far, where that is 'pipe'. */
  stderr(): string
  signal(name: NodeJS.Signals): void
  /** The exit code, once it has one; the signal's name when a signal ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
}

/** Starts ktool; killed when the test finishes, unless it ended before. */
export function startChild(
  args: readonly string[],
  stdio: StdioOptions,
  { readsStderr = true } = {},
): KtoolChild {
  const child = spawn(process.execPath, [KTOOL, ...args], {
    stdio,
    env: { ...process.env, KTOOL_CONTEXT: '' },
  })
  let stderr = ''
  if (readsStderr) {
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
  }
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals)
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return { pid: child.pid!, stderr: () => stderr, signal: (name) => child.kill(name), ended }
}

/** Waits until the condition holds. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 20_000,
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs
  while (!(await holds())) {
    if (performance.now() > deadlineMs) throw new Error(`${what}: not so after ${timeoutMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** How long the promise takes. */
export async function millisecondsOf(promise: Promise<unknown>): Promise<number> {
  const startMs = performance.now()
  await promise
  return performance.now() - startMs
}
