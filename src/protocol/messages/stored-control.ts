import { defineStored, int16, int32, int64, string, struct, structs, uint16, uuid } from '../schema.ts'

export const ControlRecordTypeSchema = defineStored({
  name: 'ControlRecordTypeSchema',
  versions: '0',
  flexible: 'none',
  fields: {
    type: int16(),
  },
})

export const EndTxnMarker = defineStored({
  name: 'EndTxnMarker',
  versions: '0',
  flexible: 'none',
  fields: {
    coordinatorEpoch: int32(),
  },
})

const voter = {
  voterId: int32(),
  voterDirectoryId: uuid({ versions: '1+' }),
}

// v1 adds voterDirectoryId.
export const LeaderChangeMessage = defineStored({
  name: 'LeaderChangeMessage',
  versions: '0-1',
  flexible: '0+',
  fields: {
    version: int16(),
    leaderId: int32(),
    voters: structs(voter),
    grantingVoters: structs(voter),
  },
})

export const SnapshotHeaderRecord = defineStored({
  name: 'SnapshotHeaderRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    version: int16(),
    lastContainedLogTimestamp: int64(),
  },
})

export const SnapshotFooterRecord = defineStored({
  name: 'SnapshotFooterRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    version: int16(),
  },
})

export const KRaftVersionRecord = defineStored({
  name: 'KRaftVersionRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    version: int16(),
    kRaftVersion: int16(),
  },
})

export const VotersRecord = defineStored({
  name: 'VotersRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    version: int16(),
    voters: structs({
      voterId: int32(),
      voterDirectoryId: uuid(),
      endpoints: structs({
        name: string(),
        host: string(),
        port: uint16(),
      }),
      kRaftVersionFeature: struct({
        minSupportedVersion: int16(),
        maxSupportedVersion: int16(),
      }),
    }),
  },
})
