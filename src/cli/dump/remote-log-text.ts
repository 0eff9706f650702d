// Records of tiered storage: [frame version uvarint][record type uvarint][version uvarint][message]. Kafka prints them
// by the toString of its classes.

import { Reader } from '../../bytes/reader.ts'
import { codec } from '../../protocol/compile.ts'
import {
  RemoteLogSegmentMetadataRecord,
  RemoteLogSegmentMetadataSnapshotRecord,
  RemoteLogSegmentMetadataUpdateRecord,
  RemotePartitionDeleteMetadataRecord,
} from '../../protocol/messages/stored-remote-log.ts'
import type { RecordOf } from '../../protocol/schema.ts'

const SEGMENT_STATES = [
  'COPY_SEGMENT_STARTED',
  'COPY_SEGMENT_FINISHED',
  'DELETE_SEGMENT_STARTED',
  'DELETE_SEGMENT_FINISHED',
]
const PARTITION_STATES = ['DELETE_PARTITION_MARKED', 'DELETE_PARTITION_STARTED', 'DELETE_PARTITION_FINISHED']

type Segment = RecordOf<typeof RemoteLogSegmentMetadataRecord>
type Snapshot = RecordOf<typeof RemoteLogSegmentMetadataSnapshotRecord>

/** The text of one record; throws MalformedError or RangeError on what cannot be read. */
export function remoteLogText(value: Buffer): string {
  const reader = new Reader(value)
  reader.uvarint()
  const type = reader.uvarint()
  const version = reader.uvarint()
  switch (type) {
    case RemoteLogSegmentMetadataRecord.apiKey:
      return segmentText(codec(RemoteLogSegmentMetadataRecord.message, version).decode(reader))
    case RemoteLogSegmentMetadataUpdateRecord.apiKey:
      return updateText(codec(RemoteLogSegmentMetadataUpdateRecord.message, version).decode(reader))
    case RemotePartitionDeleteMetadataRecord.apiKey:
      return deletionText(codec(RemotePartitionDeleteMetadataRecord.message, version).decode(reader))
    case RemoteLogSegmentMetadataSnapshotRecord.apiKey:
      return snapshotText(codec(RemoteLogSegmentMetadataSnapshotRecord.message, version).decode(reader))
    default:
      throw new RangeError(`Unknown api key ${type}`)
  }
}

const partitionText = ({ id, name, partition }: Segment['remoteLogSegmentId']['topicIdPartition']): string =>
  `${id}:${name}-${partition}`

const segmentIdText = ({ topicIdPartition, id }: Segment['remoteLogSegmentId']): string =>
  `RemoteLogSegmentId{topicIdPartition=${partitionText(topicIdPartition)}, id=${id}}`

const customText = (bytes: Buffer | null): string =>
  bytes === null ? 'Optional.empty' : `Optional[CustomMetadata{${bytes.length} bytes}]`

const epochsText = (epochs: Segment['segmentLeaderEpochs']): string =>
  `{${epochs.map(({ leaderEpoch, offset }) => `${leaderEpoch}=${offset}`).join(', ')}}`

const endText = (segment: Segment | Snapshot): string =>
  [
    `segmentLeaderEpochs=${epochsText(segment.segmentLeaderEpochs)}`,
    `segmentSizeInBytes=${segment.segmentSizeInBytes}`,
    `customMetadata=${customText(segment.customMetadata)}`,
    `state=${SEGMENT_STATES[segment.remoteLogSegmentState]}`,
    `txnIdxEmpty=${segment.txnIndexEmpty}`,
  ].join(', ')

const segmentText = (segment: Segment): string =>
  `RemoteLogSegmentMetadata{remoteLogSegmentId=${segmentIdText(segment.remoteLogSegmentId)}, ` +
  `startOffset=${segment.startOffset}, endOffset=${segment.endOffset}, brokerId=${segment.brokerId}, ` +
  `maxTimestampMs=${segment.maxTimestampMs}, eventTimestampMs=${segment.eventTimestampMs}, ${endText(segment)}}`

const snapshotText = (segment: Snapshot): string =>
  `RemoteLogSegmentMetadataSnapshot{segmentId=${segment.segmentId}, startOffset=${segment.startOffset}, ` +
  `endOffset=${segment.endOffset}, maxTimestampMs=${segment.maxTimestampMs}, ${endText(segment)}}`

const updateText = (update: RecordOf<typeof RemoteLogSegmentMetadataUpdateRecord>): string =>
  `RemoteLogSegmentMetadataUpdate{remoteLogSegmentId=${segmentIdText(update.remoteLogSegmentId)}, ` +
  `customMetadata=${customText(update.customMetadata)}, state=${SEGMENT_STATES[update.remoteLogSegmentState]}, ` +
  `eventTimestampMs=${update.eventTimestampMs}, brokerId=${update.brokerId}}`

const deletionText = (deletion: RecordOf<typeof RemotePartitionDeleteMetadataRecord>): string =>
  `RemotePartitionDeleteMetadata{topicPartition=${partitionText(deletion.topicIdPartition)}, ` +
  `state=${PARTITION_STATES[deletion.remotePartitionDeleteState]}, ` +
  `eventTimestampMs=${deletion.eventTimestampMs}, brokerId=${deletion.brokerId}}`
