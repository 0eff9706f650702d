import type { Int64 } from '../../bytes/int64.ts'
import type { RecordHeader } from '../../records/record.ts'
import type { ByteOutput } from './byte-output.ts'

/** A record as it was read from a partition. */
export interface ConsumedRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: Int64
  readonly timestamp: Int64
  readonly timestampType: 'CreateTime' | 'LogAppendTime'
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
  /** How often it was given to a member of a share group, this time included; records read otherwise have none. */
  readonly deliveryCount?: number | undefined
}

/** Prints records: what Kafka calls a MessageFormatter. */
export interface Formatter {
  /** Throws when the record cannot be shown. */
  write(record: ConsumedRecord, output: ByteOutput): void
  /** Prints what stands after the last record. */
  end?(output: ByteOutput): void
  /** Set when a record is its value and this separator and nothing else, so that the rest need not be decoded. */
  readonly valueOnly?: { readonly separator: Buffer; readonly nullLiteral: Buffer }
}
