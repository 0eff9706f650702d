import type { Int64 } from '../../bytes/int64.ts'
import { type Json, jsonText } from '../records/exact-json.ts'
import type { BatchEvent, DumpEvent, ProducerEvent, RecordEvent } from './dump-event.ts'

/** A found thing as Kafka's tool prints it, newline included. */
export function dumpText(event: DumpEvent, skipsRecordMetadata: boolean): string {
  switch (event.type) {
    case 'file':
      return `Dumping ${event.file}\n`
    case 'log':
      return `Log starting offset: ${event.startOffset}\n`
    case 'snapshot':
      return `Snapshot end offset: ${event.endOffset}, epoch: ${event.epoch}\n`
    case 'bootstrap':
      return 'KRaft bootstrap snapshot\n'
    case 'batch':
      return `${batchText(event)}\n`
    case 'record':
      return `${recordText(event, skipsRecordMetadata)}\n`
    case 'trailingBytes':
      return `Found ${event.count} invalid bytes at the end of ${event.name}\n`
    case 'offsetEntry':
      return `offset: ${event.offset} position: ${event.position}\n`
    case 'timeEntry':
      return `timestamp: ${event.timestamp} offset: ${event.offset}\n`
    case 'emptyIndex':
      return `${event.file} is empty.\n`
    case 'soundIndex':
      return `${event.file} passed sanity check.\n`
    case 'producer':
      return `${producerText(event)}\n`
    case 'abortedTransaction':
      return `version: ${event.version} producerId: ${event.producerId} firstOffset: ${event.firstOffset} lastOffset: ${event.lastOffset} lastStableOffset: ${event.lastStableOffset}\n`
  }
}

const optionalLong = (value: Int64 | null): string =>
  value === null ? 'OptionalLong.empty' : `OptionalLong[${value}]`

function batchText(batch: BatchEvent): string {
  return [
    `baseOffset: ${batch.baseOffset} lastOffset: ${batch.lastOffset} count: ${batch.count}`,
    `baseSequence: ${batch.baseSequence} lastSequence: ${batch.lastSequence}`,
    `producerId: ${batch.producerId} producerEpoch: ${batch.producerEpoch}`,
    `partitionLeaderEpoch: ${batch.partitionLeaderEpoch}`,
    `isTransactional: ${batch.isTransactional} isControl: ${batch.isControl}`,
    `deleteHorizonMs: ${optionalLong(batch.deleteHorizonMs)}`,
    `position: ${batch.position} ${batch.timestampType}: ${batch.timestamp} size: ${batch.size}`,
    `magic: ${batch.magic} compresscodec: ${batch.compression} crc: ${batch.crc} isvalid: ${batch.isValid}`,
  ].join(' ')
}

function recordText(record: RecordEvent, skipsMetadata: boolean): string {
  const decoded = [
    ...(record.key === undefined ? [] : [`key: ${shown(record.key)}`]),
    ...(record.payload === undefined ? [] : [`payload: ${shown(record.payload)}`]),
  ]
  // Kafka starts a line only where there is something to show, and leaves it blank for control records.
  if (skipsMetadata) return decoded.length === 0 ? '' : ['|', ...decoded].join(' ')
  return [
    `| offset: ${record.offset} ${record.timestampType}: ${record.timestamp}`,
    `keySize: ${record.keySize} valueSize: ${record.valueSize} sequence: ${record.sequence}`,
    `headerKeys: [${record.headerKeys.join(',')}]`,
    ...(record.control ? [controlText(record.control)] : []),
    ...decoded,
  ].join(' ')
}

const shown = (value: Json): string => (typeof value === 'string' ? value : jsonText(value))

const CONTROL_LABELS: Record<string, string> = {
  LEADER_CHANGE: 'LeaderChange:',
  SNAPSHOT_HEADER: 'SnapshotHeader',
  SNAPSHOT_FOOTER: 'SnapshotFooter',
  KRAFT_VERSION: 'KRaftVersion',
  KRAFT_VOTERS: 'KRaftVoters',
}

function controlText({ name, typeId, data }: NonNullable<RecordEvent['control']>): string {
  if (name === 'COMMIT' || name === 'ABORT') {
    return `endTxnMarker: ${name} coordinatorEpoch: ${(data as { coordinatorEpoch: number }).coordinatorEpoch}`
  }
  const label = CONTROL_LABELS[name]
  return label === undefined ? `controlType: ${name}(${typeId})` : `${label} ${jsonText(data)}`
}

function producerText(producer: ProducerEvent): string {
  const batch = producer.lastBatch
  return [
    `producerId: ${producer.producerId} producerEpoch: ${producer.producerEpoch}`,
    `coordinatorEpoch: ${producer.coordinatorEpoch}`,
    `currentTxnFirstOffset: ${optionalLong(producer.currentTxnFirstOffset)}`,
    `lastTimestamp: ${producer.lastTimestamp}`,
    ...(batch === null
      ? []
      : [
          `firstSequence: ${batch.firstSequence} lastSequence: ${batch.lastSequence}`,
          `lastOffset: ${batch.lastOffset} offsetDelta: ${batch.offsetDelta} timestamp: ${batch.timestamp}`,
        ]),
  ].join(' ')
}
