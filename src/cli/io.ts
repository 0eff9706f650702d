import type { Readable } from 'node:stream'

/** Everything a tool may touch of the world around it, so that a test can bring its own. */
export interface Io {
  /**
   * Queues data for standard output. Throws OutputClosed once the reader went away, or the error that a write failed
   * with. Tools that print much await `output.drained()` from time to time.
   */
  out(chunk: string | Uint8Array): void
  /** How far standard output has been accepted. */
  readonly output: OutputState
  /** Queues text for standard error; never throws. Lines that cannot be written are dropped, and their number is reported. */
  err(text: string): void
  /**
   * Waits until all output is accepted; throws as `out` does. A signal ends the wait, and is returned; after an earlier
   * signal a reader that does not keep up is not waited for.
   */
  flush(): Promise<EndingSignal | null>
  /** Standard input, opened when first asked for. */
  readonly in: Readable
  /** The working folder. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Set where `out` escapes control characters, as on a terminal: the escaping, which leaves what it returns as it is. */
  readonly escapeOut?: ((bytes: Uint8Array) => Uint8Array) | undefined
  /** Set where a stream escapes control characters: the streams that do not. */
  readonly unescaped?: Io | undefined
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

/** How far output has been accepted; positions count the bytes since the start of the program. */
export interface OutputState {
  /** Whether a program reads it, which may be slow or end early. */
  readonly hasReader: boolean
  /** Bytes that were given to it. */
  readonly given: number
  /** Bytes that were accepted. */
  readonly taken: number
  /** Bytes that are accepted already or can no longer be recalled. */
  readonly bound: number
  /** Resolves when everything is accepted; rejects with the failure that a write would throw. */
  drained(): Promise<void>
  /** Drops what is queued from this position on, as far as it can still be recalled. */
  cut(position: number): void
  /** Drops all that is not accepted, and everything that follows. */
  abandon(): void
}

/** SIGHUP only where the process was not started to outlive it, as by `nohup`. */
export type EndingSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** Whoever read our standard output is gone (`| head`); not a failure. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed'
}
