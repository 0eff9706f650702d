// quorum-state, in the folder of the metadata log: what KRaft must not forget between elections, as JSON. Kafka
// writes data_version 1: leaderId, leaderEpoch, votedId, votedDirectoryId.
//
// To change the format: Kafka owns it; write the version that the newest Kafka reads.

import { ZERO_UUID } from '../bytes/uuid.ts'
import { StorageError } from './storage-error.ts'

export const QUORUM_STATE_FILE = 'quorum-state'
const VERSION = 1
const NOBODY = -1

export interface QuorumState {
  readonly leaderId: number
  readonly leaderEpoch: number
}

/** The text in Kafka's order of keys; nobody was voted for, as in a quorum of one after its election. */
export function encodeQuorumState({ leaderId, leaderEpoch }: QuorumState): Buffer {
  const votes = { votedId: NOBODY, votedDirectoryId: ZERO_UUID }
  return Buffer.from(JSON.stringify({ leaderId, leaderEpoch, ...votes, data_version: VERSION }))
}

/** Throws LOG_CORRUPT where the text makes no sense. */
export function decodeQuorumState(bytes: Buffer, path: string): QuorumState {
  const faults = checkQuorumState(bytes)
  if (faults.length > 0) throw new StorageError('LOG_CORRUPT', `'${path}': ${faults[0]}`)
  const { leaderId, leaderEpoch } = JSON.parse(bytes.toString())
  return { leaderId, leaderEpoch }
}

/** What is wrong with the text: a line per fault. */
export function checkQuorumState(bytes: Buffer): string[] {
  let state: unknown
  try {
    state = JSON.parse(bytes.toString())
  } catch (error) {
    if (error instanceof SyntaxError) return ['it is not JSON']
    throw error
  }
  const { leaderId, leaderEpoch } = (state ?? {}) as Record<string, unknown>
  return [
    ...(Number.isInteger(leaderId) ? [] : ['leaderId is not a number']),
    ...(Number.isInteger(leaderEpoch) ? [] : ['leaderEpoch is not a number']),
  ]
}
