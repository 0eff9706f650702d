import { decodeProducerSnapshot } from '../../log/producer-snapshot.ts'
import { decodeTransactionIndex } from '../../log/transaction-index.ts'
import type { Emit } from './dump-event.ts'
import { readWhole } from './read-whole.ts'

const MAX_INT32 = 0x7fff_ffff

/** Dumps what a log knows of its producers. */
export function dumpProducerSnapshot(file: string, emit: Emit): void {
  for (const entry of decodeProducerSnapshot(readWhole(file), file)) {
    const { producerId, producerEpoch, coordinatorEpoch, timestamp } = entry
    emit({
      type: 'producer',
      producerId,
      producerEpoch,
      coordinatorEpoch,
      currentTxnFirstOffset: entry.currentTxnFirstOffset < 0 ? null : entry.currentTxnFirstOffset,
      lastTimestamp: timestamp,
      lastBatch:
        entry.lastOffset < 0
          ? null
          : {
              firstSequence: sequenceBefore(entry.lastSequence, entry.offsetDelta),
              lastSequence: entry.lastSequence,
              lastOffset: entry.lastOffset,
              offsetDelta: entry.offsetDelta,
              timestamp,
            },
    })
  }
}

// Sequences start again at 0 past 2^31 - 1.
const sequenceBefore = (sequence: number, steps: number): number =>
  sequence >= steps ? sequence - steps : MAX_INT32 - (steps - sequence) + 1

/** Dumps the aborted transactions of a segment. */
export function dumpTransactionIndex(file: string, emit: Emit): void {
  for (const transaction of decodeTransactionIndex(readWhole(file), file)) {
    emit({ type: 'abortedTransaction', version: 0, ...transaction })
  }
}
