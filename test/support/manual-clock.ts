import type { Clock } from '../../src/broker/clock.ts'
import { START_MS } from './logs.ts'

/** A clock that only tests move. */
export class ManualClock implements Clock {
  #nowMs = START_MS
  readonly #tasks = new Set<{ dueMs: number; run: () => void }>()

  /** How many tasks wait for their time. */
  get pendingTasks(): number {
    return this.#tasks.size
  }

  now(): number {
    return this.#nowMs
  }

  after(delayMs: number, run: () => void): () => void {
    const task = { dueMs: this.#nowMs + delayMs, run }
    this.#tasks.add(task)
    return () => this.#tasks.delete(task)
  }

  /** Moves on, as if the machine had slept: what is due by then runs now, once, in the order of its times. */
  pass(ms: number): void {
    this.#nowMs += ms
    const due = [...this.#tasks].filter(({ dueMs }) => dueMs <= this.#nowMs)
    for (const task of due.sort((a, b) => a.dueMs - b.dueMs)) if (this.#tasks.delete(task)) task.run()
  }
}
