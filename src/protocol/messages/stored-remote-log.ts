// What tiered storage keeps in __remote_log_metadata. ktool has no tiered storage; dump-log reads these.

import { bool, bytes, defineStored, int8, int32, int64, string, struct, structs, uuid } from '../schema.ts'

const topicIdPartition = struct({
  name: string(),
  id: uuid(),
  partition: int32(),
})

const remoteLogSegmentId = struct({
  topicIdPartition,
  id: uuid(),
})

const segment = {
  startOffset: int64(),
  endOffset: int64(),
  brokerId: int32(),
  maxTimestampMs: int64(),
  eventTimestampMs: int64(),
  segmentLeaderEpochs: structs({
    leaderEpoch: int32(),
    offset: int64(),
  }),
  segmentSizeInBytes: int32(),
  customMetadata: bytes({ nullable: '0+', default: null }),
  remoteLogSegmentState: int8(),
  txnIndexEmpty: bool({ tag: 0 }),
}

export const RemoteLogSegmentMetadataRecord = defineStored({
  apiKey: 0,
  name: 'RemoteLogSegmentMetadataRecord',
  versions: '0',
  flexible: '0+',
  fields: { remoteLogSegmentId, ...segment },
})

export const RemoteLogSegmentMetadataUpdateRecord = defineStored({
  apiKey: 1,
  name: 'RemoteLogSegmentMetadataUpdateRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    remoteLogSegmentId,
    brokerId: int32(),
    eventTimestampMs: int64(),
    customMetadata: bytes({ nullable: '0+', default: null }),
    remoteLogSegmentState: int8(),
  },
})

export const RemotePartitionDeleteMetadataRecord = defineStored({
  apiKey: 2,
  name: 'RemotePartitionDeleteMetadataRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    topicIdPartition,
    brokerId: int32(),
    eventTimestampMs: int64(),
    remotePartitionDeleteState: int8(),
  },
})

export const RemoteLogSegmentMetadataSnapshotRecord = defineStored({
  apiKey: 3,
  name: 'RemoteLogSegmentMetadataSnapshotRecord',
  versions: '0',
  flexible: '0+',
  fields: { segmentId: uuid(), ...segment },
})
