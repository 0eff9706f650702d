import type { Readable } from 'node:stream'

/** Everything a tool may touch of the world around it, so that a test can bring its own. */
export interface Io {
  /** Writes data to standard output; throws OutputClosed once its reader went away. */
  out(chunk: string | Uint8Array): void
  /** Writes talk to standard error; never throws. */
  err(text: string): void
  /** Standard input, opened when first asked for. */
  readonly in: Readable
  /** The working folder. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isTerminal: { readonly in: boolean; readonly out: boolean; readonly err: boolean }
  /** Width of the terminal, 80 where there is none. */
  readonly columns: number
  /** Id of this process. */
  readonly pid: number
  /** The file that was run, as it was called: perhaps a link to ktool. */
  readonly programPath: string
  /** How long this process has been running. */
  readonly uptimeMs: number
  now(): number
  /** Bytes that nobody can foresee. */
  randomBytes(size: number): Buffer
  /** Calls back on a signal that ends the program until the returned function is called. */
  onInterrupt(callback: (signal: EndingSignal) => void): () => void
}

/** SIGHUP only where the process was not started with it ignored, as by `nohup`. */
export type EndingSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** Whoever read our standard output is gone (`| head`); not a failure. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed'
}
