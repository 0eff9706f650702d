import type { ErrorName } from '../../protocol/errors.ts'

export type FetchVerdict = 'moved' | 'out of range' | 'again' | 'fatal'

/** What an error code of a fetched partition asks for. */
export function judgeFetch(code: ErrorName): FetchVerdict {
  switch (code) {
    case 'OFFSET_OUT_OF_RANGE':
      return 'out of range'
    case 'NOT_LEADER_OR_FOLLOWER':
    case 'LEADER_NOT_AVAILABLE':
    case 'REPLICA_NOT_AVAILABLE':
    case 'KAFKA_STORAGE_ERROR':
    case 'FENCED_LEADER_EPOCH':
    case 'UNKNOWN_LEADER_EPOCH':
    case 'UNKNOWN_TOPIC_OR_PARTITION':
    case 'UNKNOWN_TOPIC_ID':
    case 'INCONSISTENT_TOPIC_ID':
      return 'moved'
    case 'OFFSET_NOT_AVAILABLE':
    case 'UNKNOWN_SERVER_ERROR':
      return 'again'
    default:
      return 'fatal'
  }
}
