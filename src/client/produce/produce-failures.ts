import { KafkaError } from '../../protocol/errors.ts'
import { isRetriable } from '../retry.ts'
import type { PartitionQueue } from './partition-queue.ts'
import type { ProducerBatch } from './producer-batch.ts'

export type Verdict =
  /** The broker had it already. */
  | 'delivered'
  | 'retry'
  /** The broker lost what it acknowledged before this batch: again, under a higher epoch. */
  | 'new sequence'
  /** The broker forgot or fenced this producer: again, under a new id. */
  | 'new identity'
  /** Too large: again, as two batches. */
  | 'split'
  | 'give up'

/** What to do with a batch that was sent and failed. */
export function judge(
  error: Error,
  queue: PartitionQueue,
  batch: ProducerBatch,
  retries: number,
  isLate: boolean,
): Verdict {
  const code = error instanceof KafkaError ? error.code : null
  if (code === 'DUPLICATE_SEQUENCE_NUMBER') return 'delivered'
  if (code === 'MESSAGE_TOO_LARGE' && batch.recordCount > 1) return 'split'
  if (isLate || batch.attempts > retries) return 'give up'
  if (queue.identity?.isTransactional) {
    // A gap cannot be closed here: the transaction has to be aborted, and that begins a new sequence.
    if (code === 'OUT_OF_ORDER_SEQUENCE_NUMBER' && !queue.isFirst(batch)) return 'retry'
  } else if (queue.identity !== null) {
    if (code === 'OUT_OF_ORDER_SEQUENCE_NUMBER') {
      // While one before it is not written, the broker refuses all behind that.
      if (!queue.isFirst(batch)) return 'retry'
      return queue.isBeginning(batch) ? 'give up' : 'new sequence'
    }
    if (code === 'UNKNOWN_PRODUCER_ID' || code === 'INVALID_PRODUCER_EPOCH') return 'new identity'
  }
  return isRetriable(error) ? 'retry' : 'give up'
}

/** Whether the broker may have written a batch whose sending failed; `before` says so of earlier attempts. */
export function mayBeWritten(error: Error, before: boolean): boolean {
  if (!(error instanceof KafkaError)) return true
  switch (error.code) {
    // The broker looked for the batch and has not got it.
    case 'OUT_OF_ORDER_SEQUENCE_NUMBER':
    case 'UNKNOWN_PRODUCER_ID':
    case 'INVALID_PRODUCER_EPOCH':
      return false
    // Found out before anything is written.
    case 'NOT_ENOUGH_REPLICAS':
    case 'MESSAGE_TOO_LARGE':
      return before
    // A leader that loses its place while it waits for replicas says so after it wrote.
    default:
      return true
  }
}
