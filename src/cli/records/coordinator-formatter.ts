import {
  GroupMetadataKey,
  LegacyOffsetCommitKey,
  OffsetCommitKey,
} from '../../protocol/messages/stored-offsets.ts'
import { TransactionLogKey } from '../../protocol/messages/stored-transactions.ts'
import type { ByteOutput } from './byte-output.ts'
import {
  GROUP_RECORDS,
  type RecordKinds,
  readCoordinatorRecord,
  SHARE_STATE_RECORDS,
  TRANSACTION_RECORDS,
} from './coordinator-records.ts'
import { jsonText } from './exact-json.ts'
import type { ConsumedRecord, Formatter } from './formatter.ts'

/** Prints the records of a coordinator's topic as JSON, and only those of the given types. */
class CoordinatorFormatter implements Formatter {
  readonly #kinds: RecordKinds
  readonly #types: ReadonlySet<number>

  constructor(kinds: RecordKinds, types: Iterable<number>) {
    this.#kinds = kinds
    this.#types = new Set(types)
  }

  // Kafka writes no newline between the records.
  write(record: ConsumedRecord, output: ByteOutput): void {
    if (record.key === null) return
    try {
      const decoded = readCoordinatorRecord(this.#kinds, record.key, record.value)
      if (decoded === null || !this.#types.has(decoded.type)) return
      const { type, key: data, value } = decoded
      output.text(jsonText({ key: { type, data }, value }))
    } catch (cause) {
      throw new Error(
        `Could not read record at offset ${record.offset} due to: ${(cause as Error).message}`,
        {
          cause,
        },
      )
    }
  }
}

const SHARE_GROUP_TYPES = [10, 11, 12, 13, 14, 15]

/** The formatter of a topic's records by Kafka's name for it, without package; null when there is none. */
export function coordinatorFormatter(name: string): Formatter | null {
  switch (name) {
    case 'OffsetsMessageFormatter':
      return new CoordinatorFormatter(GROUP_RECORDS, [LegacyOffsetCommitKey.apiKey, OffsetCommitKey.apiKey])
    case 'GroupMetadataMessageFormatter':
      return new CoordinatorFormatter(GROUP_RECORDS, [GroupMetadataKey.apiKey])
    case 'ShareGroupMessageFormatter':
      return new CoordinatorFormatter(GROUP_RECORDS, SHARE_GROUP_TYPES)
    case 'TransactionLogMessageFormatter':
      return new CoordinatorFormatter(TRANSACTION_RECORDS, [TransactionLogKey.apiKey])
    case 'ShareGroupStateMessageFormatter':
      return new CoordinatorFormatter(SHARE_STATE_RECORDS, SHARE_STATE_RECORDS.keys())
    default:
      return null
  }
}
