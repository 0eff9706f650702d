import { javaFixed } from '../java/double.ts'
import type { Listing } from '../output/listing.ts'
import { rounded } from './send-figures.ts'

const LATENCY_COLUMNS = [
  'records',
  'avgLatencyMs',
  'minLatencyMs',
  'maxLatencyMs',
  'p50Ms',
  'p99Ms',
  'p999Ms',
]

/** The summary of e2e-latency; text has whole milliseconds, as Kafka's tool. */
export function latencyListing(latencies: readonly number[]): Listing {
  const sorted = [...latencies].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.trunc(sorted.length * share)]!
  const average = sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length
  const [p50, p99, p999] = [at(0.5), at(0.99), at(0.999)]
  const whole = Math.trunc
  return {
    text: () =>
      `Avg latency: ${javaFixed(average, 4)} ms\n` +
      `Percentiles: 50th = ${whole(p50)}, 99th = ${whole(p99)}, 99.9th = ${whole(p999)}\n`,
    items: [
      {
        records: sorted.length,
        avgLatencyMs: rounded(average),
        minLatencyMs: rounded(sorted[0]!),
        maxLatencyMs: rounded(sorted.at(-1)!),
        p50Ms: rounded(p50),
        p99Ms: rounded(p99),
        p999Ms: rounded(p999),
      },
    ],
    columns: LATENCY_COLUMNS,
    names: () => [],
  }
}
