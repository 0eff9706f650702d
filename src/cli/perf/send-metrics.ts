import type { BatchReport } from '../../client/produce/deliveries.ts'
import type { ProducerSettings } from '../../client/produce/producer-config.ts'
import type { Metrics } from './metrics.ts'

/** Counts what a producer's metrics tell. */
export class SendMetrics {
  #batches = 0
  #batchBytes = 0
  #largest = 0
  #sent = 0
  #failed = 0

  count({ recordCount, sizeBytes, error }: BatchReport): void {
    this.#batches++
    this.#batchBytes += sizeBytes
    this.#largest = Math.max(this.#largest, sizeBytes)
    if (error === null) this.#sent += recordCount
    else this.#failed += recordCount
  }

  // Differs: --print-metrics prints the metrics that this client counts, and none it would have to make up.
  metrics(settings: ProducerSettings, topic: string): Metrics {
    const tags = { 'client-id': settings['client.id'] }
    const topicTags = { ...tags, topic }
    const average = this.#batches === 0 ? Number.NaN : this.#batchBytes / this.#batches
    const largest = this.#batches === 0 ? Number.NaN : this.#largest
    return [
      { group: 'producer-metrics', name: 'batch-size-avg', tags, value: average },
      { group: 'producer-metrics', name: 'batch-size-max', tags, value: largest },
      { group: 'producer-metrics', name: 'buffer-total-bytes', tags, value: settings['buffer.memory'] },
      { group: 'producer-metrics', name: 'record-error-total', tags, value: this.#failed },
      { group: 'producer-metrics', name: 'record-send-total', tags, value: this.#sent },
      { group: 'producer-topic-metrics', name: 'byte-total', tags: topicTags, value: this.#batchBytes },
      { group: 'producer-topic-metrics', name: 'record-error-total', tags: topicTags, value: this.#failed },
      { group: 'producer-topic-metrics', name: 'record-send-total', tags: topicTags, value: this.#sent },
    ]
  }
}
