import type { Metrics } from './metrics.ts'
import type { Poll } from './polls.ts'

const FETCH = 'consumer-fetch-manager-metrics'

/** Counts what a consumer's metrics tell. */
export class ReadMetrics {
  readonly #byTopic = new Map<string, number>()
  assigned = 0

  count({ topic, count }: Pick<Poll, 'topic' | 'count'>): void {
    this.#byTopic.set(topic, (this.#byTopic.get(topic) ?? 0) + count)
  }

  // Differs: --print-metrics prints the metrics that this client counts, and none it would have to make up.
  metrics(clientId: string): Metrics {
    const tags = { 'client-id': clientId }
    const topics = [...this.#byTopic]
    const total = topics.reduce((sum, [, count]) => sum + count, 0)
    return [
      { group: 'consumer-coordinator-metrics', name: 'assigned-partitions', tags, value: this.assigned },
      { group: FETCH, name: 'records-consumed-total', tags, value: total },
      ...topics.map(([topic, value]) => ({
        group: FETCH,
        name: 'records-consumed-total',
        tags: { ...tags, topic },
        value,
      })),
    ]
  }
}
