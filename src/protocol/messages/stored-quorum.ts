import { defineStored, int32, int64, string, structs, uuid } from '../schema.ts'

// v1 adds votedDirectoryId and drops clusterId, appliedOffset, currentVoters.
export const QuorumStateData = defineStored({
  name: 'QuorumStateData',
  versions: '0-1',
  flexible: '0+',
  fields: {
    clusterId: string({ versions: '0' }),
    leaderId: int32({ default: -1 }),
    leaderEpoch: int32({ default: -1 }),
    votedId: int32({ default: -1 }),
    votedDirectoryId: uuid({ versions: '1+' }),
    appliedOffset: int64({ versions: '0' }),
    currentVoters: structs(
      {
        voterId: int32(),
      },
      { versions: '0', nullable: '0+' },
    ),
  },
})
