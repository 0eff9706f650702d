import type { BrokerHandle } from '../../broker/start.ts'

type Recovery = BrokerHandle['recovery']

/** What a start found in the data folder, in a sentence; null when there was nothing to check and nothing was found. */
export function recoveryText(recovery: Recovery): string | null {
  const { wasClean, partitions } = recovery
  const found = findings(recovery)
  if ((wasClean || partitions === 0) && found.length === 0) return null
  const stop = wasClean
    ? 'the last stop was clean'
    : `checked ${count(partitions, 'log')} after an unclean stop`
  return `${stop}: ${found.length === 0 ? 'no record is missing' : found.join(', ')}`
}

function findings(recovery: Recovery): string[] {
  const { truncatedRecords, truncatedBytes, removedSegments, rebuiltFiles, missingRecords } = recovery
  return [
    ...(truncatedBytes > 0 ? [`${count(truncatedRecords, 'record')} (${truncatedBytes} bytes) cut off`] : []),
    ...(removedSegments > 0 ? [`${count(removedSegments, 'segment')} removed`] : []),
    ...(missingRecords > 0 ? [`${count(missingRecords, 'record')} missing`] : []),
    ...(rebuiltFiles > 0 ? [`${count(rebuiltFiles, 'file')} rebuilt`] : []),
    ...(recovery.unavailablePartitions > 0
      ? [`${count(recovery.unavailablePartitions, 'partition')} not available`]
      : []),
    ...(recovery.openTransactions > 0 ? [`${count(recovery.openTransactions, 'open transaction')}`] : []),
  ]
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`
