import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'

/** A program whose output goes straight to files, so that nothing it wrote is lost when it is killed. */
export class MemberProcess {
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>
  #isPaused = false

  /** Appends to `path` and `path`.err. */
  constructor([program, ...args]: readonly [string, ...string[]], path: string) {
    const files = [openSync(path, 'a'), openSync(`${path}.err`, 'a')] as const
    this.#child = spawn(program, args, { stdio: ['ignore', ...files] })
    for (const file of files) closeSync(file)
    this.#ended = once(this.#child, 'exit')
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** How it ended: an exit code or the name of a signal. */
  get end(): string {
    return String(this.#child.signalCode ?? this.#child.exitCode)
  }

  pause(): void {
    this.#isPaused = true
    this.#child.kill('SIGSTOP')
  }

  resume(): void {
    this.#isPaused = false
    this.#child.kill('SIGCONT')
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    if (this.isRunning) await this.#ended
  }

  /** Asks it to end; false when it had to be killed after the limit. */
  async leave(limitMs: number): Promise<boolean> {
    let wasKilled = false
    const limit = setTimeout(() => {
      wasKilled = true
      this.#child.kill('SIGKILL')
    }, limitMs)
    this.#child.kill('SIGTERM')
    if (this.isRunning) await this.#ended
    clearTimeout(limit)
    return !wasKilled
  }
}
