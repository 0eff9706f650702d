import type { Clock } from '../../src/broker/clock.ts'
import { START_MS } from './logs.ts'

/** A clock that only tests move. */
export class ManualClock implements Clock {
  /** Far from the wall clock, so that a mix of the two shows. */
  #monotonicMs = 1_000_000
  #wallOffsetMs = START_MS - 1_000_000
  readonly #tasks = new Set<{ dueMs: number; run: () => void }>()

  /** How many tasks wait for their time. */
  get pendingTasks(): number {
    return this.#tasks.size
  }

  now(): number {
    return this.#monotonicMs + this.#wallOffsetMs
  }

  monotonicMs(): number {
    return this.#monotonicMs
  }

  /** Sets the wall clock, without any time passing. */
  jump(ms: number): void {
    this.#wallOffsetMs += ms
  }

  after(delayMs: number, run: () => void): () => void {
    const task = { dueMs: this.#monotonicMs + delayMs, run }
    this.#tasks.add(task)
    return () => this.#tasks.delete(task)
  }

  /** Moves on, as if the machine had slept: what is due by then runs now, once, in the order of its times. */
  pass(ms: number): void {
    this.#monotonicMs += ms
    const due = [...this.#tasks].filter(({ dueMs }) => dueMs <= this.#monotonicMs)
    for (const task of due.sort((a, b) => a.dueMs - b.dueMs)) if (this.#tasks.delete(task)) task.run()
  }
}
