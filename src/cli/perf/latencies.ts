/** Latencies in whole milliseconds, each counted: percentiles are exact, however many there are. */
export class Latencies {
  readonly #counts = new Map<number, number>()
  count = 0
  total = 0
  max = 0

  add(ms: number, times: number): void {
    this.#counts.set(ms, (this.#counts.get(ms) ?? 0) + times)
    this.count += times
    this.total += ms * times
    if (ms > this.max) this.max = ms
  }

  /** NaN when there are none. */
  get average(): number {
    return this.total / this.count
  }

  /** The latency at this share of them in ascending order, as Kafka's tools pick it; 0 when there are none. */
  percentile(share: number): number {
    let left = Math.trunc(share * this.count)
    for (const [ms, times] of [...this.#counts].sort(([a], [b]) => a - b)) {
      if (left < times) return ms
      left -= times
    }
    return 0
  }
}
