import { javaFixed } from '../java/double.ts'
import type { Row } from '../output/listing.ts'
import { Latencies } from './latencies.ts'

const MEBIBYTE = 1024 * 1024

/** Acknowledged records over some time. */
class Span {
  readonly startMs: number
  readonly latencies = new Latencies()
  bytes = 0

  constructor(startMs: number) {
    this.startMs = startMs
  }

  get count(): number {
    return this.latencies.count
  }

  add(latencyMs: number, count: number, bytes: number): void {
    this.latencies.add(latencyMs, count)
    this.bytes += bytes
  }

  rates(nowMs: number): { elapsedMs: number; recordsPerSecond: number; mbPerSecond: number } {
    const elapsedMs = nowMs - this.startMs
    return {
      elapsedMs,
      recordsPerSecond: (1000 * this.count) / elapsedMs,
      mbPerSecond: (1000 * this.bytes) / elapsedMs / MEBIBYTE,
    }
  }
}

export interface SendFiguresOptions {
  readonly isSteady: boolean
  readonly startMs: number
  readonly intervalMs: number
  /** Told of each interval that is over. */
  readonly onInterval: (text: string, row: Row) => void
  /** Told when the first interval of the steady state is over. */
  readonly onSteady?: () => void
}

/** What producer-perf-test counts, and how it tells it. */
export class SendFigures {
  readonly #options: SendFiguresOptions
  readonly #whole: Span
  #interval: Span
  /** Whether intervals are no longer told: the steady state has figures of its own. */
  isQuiet = false

  constructor(options: SendFiguresOptions) {
    this.#options = options
    this.#whole = new Span(options.startMs)
    this.#interval = new Span(options.startMs)
  }

  acknowledged(latencyMs: number, count: number, bytes: number, nowMs: number): void {
    this.#whole.add(latencyMs, count, bytes)
    this.#interval.add(latencyMs, count, bytes)
    if (nowMs - this.#interval.startMs < this.#options.intervalMs) return
    if (this.#options.isSteady && this.#whole.count === this.#interval.count) this.#options.onSteady?.()
    if (!this.isQuiet)
      this.#options.onInterval(intervalText(this.#interval, nowMs), this.#row('interval', nowMs))
    this.#interval = new Span(nowMs)
  }

  /** The line of the whole run. */
  totalText(nowMs: number): string {
    const { count, latencies } = this.#whole
    const { recordsPerSecond, mbPerSecond } = this.#whole.rates(nowMs)
    const [p50, p95, p99, p999] = SHARES.map((share) => latencies.percentile(share))
    return (
      `${count}${this.#options.isSteady ? ' steady state' : ''} records sent, ` +
      `${javaFixed(recordsPerSecond, 6)} records/sec (${javaFixed(mbPerSecond, 2)} MB/sec), ` +
      `${javaFixed(latencies.average, 2)} ms avg latency, ${javaFixed(latencies.max, 2)} ms max latency, ` +
      `${p50} ms 50th, ${p95} ms 95th, ${p99} ms 99th, ${p999} ms 99.9th.\n`
    )
  }

  totalRow(nowMs: number): Row {
    return this.#row(this.#options.isSteady ? 'steadyState' : 'total', nowMs)
  }

  #row(kind: 'interval' | 'total' | 'steadyState', nowMs: number): Row {
    const span = kind === 'interval' ? this.#interval : this.#whole
    const { latencies } = span
    const { elapsedMs, recordsPerSecond, mbPerSecond } = span.rates(nowMs)
    const isKnown = latencies.count > 0
    const percentiles = SHARES.map((share) => (isKnown ? latencies.percentile(share) : null))
    return {
      kind,
      recordsSent: latencies.count,
      elapsedMs,
      recordsPerSecond: finite(recordsPerSecond),
      mbPerSecond: finite(mbPerSecond),
      avgLatencyMs: isKnown ? rounded(latencies.average) : null,
      maxLatencyMs: isKnown ? latencies.max : null,
      p50Ms: percentiles[0]!,
      p95Ms: percentiles[1]!,
      p99Ms: percentiles[2]!,
      p999Ms: percentiles[3]!,
    }
  }
}

export const SEND_COLUMNS = [
  'kind',
  'recordsSent',
  'elapsedMs',
  'recordsPerSecond',
  'mbPerSecond',
  'avgLatencyMs',
  'maxLatencyMs',
  'p50Ms',
  'p95Ms',
  'p99Ms',
  'p999Ms',
]

const SHARES = [0.5, 0.95, 0.99, 0.999]

function intervalText(span: Span, nowMs: number): string {
  const { recordsPerSecond, mbPerSecond } = span.rates(nowMs)
  const { average, max } = span.latencies
  return (
    `${span.count} records sent, ${javaFixed(recordsPerSecond, 1)} records/sec (${javaFixed(mbPerSecond, 2)} MB/sec), ` +
    `${javaFixed(average, 1)} ms avg latency, ${javaFixed(max, 1)} ms max latency.\n`
  )
}

/** Numbers for programs, without the noise of division. */
export const rounded = (value: number): number => Math.round(value * 1e4) / 1e4

/** A rate over no time at all is not known. */
export const finite = (value: number): number | null => (Number.isFinite(value) ? rounded(value) : null)
