import { messageOf } from '../failures.ts'
import type { Listing } from '../output/listing.ts'
import type { Outcome, Step } from './round-trip.ts'

export interface SmokeResult extends Outcome {
  readonly bootstrapServers: string
}

/** How long the record took to the cluster and back; null when it did not get there. */
export function latencyMs({ steps }: Pick<Outcome, 'steps'>): number | null {
  const trip = steps.filter(({ step, error }) => (step === 'write' || step === 'read') && error === null)
  return trip.length === 2 ? rounded(trip.reduce((sum, { ms }) => sum + ms, 0)) : null
}

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000

/** A line for each step, and below them how long the record took. */
export function smokeListing(result: SmokeResult): Listing {
  const latency = latencyMs(result)
  const steps = result.steps.map(({ step, ms, detail, error }) => ({
    step,
    ms: rounded(ms),
    detail: detail === '' ? null : detail,
    error: error === null ? null : messageOf(error),
  }))
  return {
    text: () => `${result.steps.map(stepLine).join('')}${latency === null ? '' : summary(result, latency)}`,
    items: [{ bootstrapServers: result.bootstrapServers, topic: result.topic, latencyMs: latency, steps }],
    rows: steps,
    columns: ['step', 'ms', 'detail', 'error'],
    names: () => [result.topic],
  }
}

const stepLine = ({ step, ms, detail, error }: Step): string =>
  `${step.padEnd(7)}  ${ms.toFixed(1).padStart(8)} ms  ${error === null ? detail : 'failed'}\n`

const summary = ({ bootstrapServers }: SmokeResult, latency: number): string =>
  `a record took ${latency.toFixed(1)} ms to ${bootstrapServers} and back\n`
