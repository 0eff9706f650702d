import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type ProgramOptions, type ProgramResult, runProgram } from './run-program.ts'

export const KTOOL = resolve(import.meta.dirname, '../../bin/ktool.js')

export interface ServeOptions {
  /** Kept by `stop`; a temporary one, removed by `stop`, when left out. */
  readonly dataDir?: string
  readonly port?: number
  readonly args?: readonly string[]
  /** The most handles that the process may have, by `ulimit -n`. */
  readonly maxHandles?: number
}

export interface KtoolProcess {
  readonly bootstrapServers: string
  readonly port: number
  readonly pid: number
  readonly dataDir: string
  /** The fields of its ready event. */
  readonly ready: Readonly<Record<string, unknown>>
  /** What it has said on stderr so far. */
  log(): string
  /** Its exit code, once it has one. */
  readonly ended: Promise<number | null>
  /** SIGTERM; gives the exit code. */
  stop(): Promise<number | null>
  /** SIGKILL: no chance to write anything down. */
  kill(): Promise<void>
}

/** Both limits: Node raises the soft one to the hard one. */
const LIMITED = 'ulimit -n "$0"; exec "$@"'

/** Runs `ktool serve` as a process of its own and waits until it says that it is ready. */
export async function startKtool(options: ServeOptions = {}): Promise<KtoolProcess> {
  const isTemporary = options.dataDir === undefined
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'ktool-test-'))
  const args = ['serve', '--port', String(options.port ?? 0), '--data-dir', dataDir, ...(options.args ?? [])]
  const limit = options.maxHandles === undefined ? [] : ['bash', '-c', LIMITED, String(options.maxHandles)]
  const [program, ...rest] = [...limit, process.execPath, KTOOL, ...args]
  const child = spawn(program!, rest, { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const ready = await readyLine(child, () => said)
  const { bootstrapServers } = ready
  return {
    bootstrapServers,
    port: Number(bootstrapServers.split(',')[0]!.split(':').at(-1)),
    pid: child.pid!,
    dataDir,
    ready,
    log: () => said,
    ended,
    async stop() {
      child.kill('SIGTERM')
      const code = await ended
      if (isTemporary) rmSync(dataDir, { recursive: true, force: true })
      return code
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

function readyLine(
  child: ChildProcess,
  said: () => string,
): Promise<{ bootstrapServers: string; [field: string]: unknown }> {
  return new Promise((resolve, reject) => {
    let out = ''
    child.stdout!.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      const line = out.split('\n').find((text) => text.includes('"event":"ready"'))
      if (line && out.includes('\n')) resolve(JSON.parse(line))
    })
    child.on('exit', (code) => reject(new Error(`ktool serve ended with ${code}: ${said()}`)))
  })
}

/** Runs one of ktool's tools to its end. */
export const runKtool = (args: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> =>
  runProgram(process.execPath, [KTOOL, ...args], options)
