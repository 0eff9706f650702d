/** What a start found, in numbers. */
export interface RecoverySummary {
  /** Whether the folder was closed cleanly before. */
  readonly wasClean: boolean
  /** Logs that were checked batch by batch. */
  readonly partitions: number
  readonly truncatedRecords: number
  readonly truncatedBytes: number
  readonly removedSegments: number
  readonly rebuiltFiles: number
  readonly missingRecords: number
  readonly openTransactions: number
  readonly unavailablePartitions: number
}
