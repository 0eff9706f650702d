import type { Int64 } from '../bytes/int64.ts'

/** What a partition log is told; the names are those of Kafka's topic settings, here with their defaults. */
export interface LogSettings {
  /** segment.bytes: a segment is rolled before it grows past this. */
  segmentBytes: number
  /** segment.ms: a segment is rolled when a record is this much younger than its first. */
  segmentMs: Int64
  /** segment.jitter.ms: a random part of this is taken off segmentMs, so that partitions do not roll together. */
  segmentJitterMs: number
  /** segment.index.bytes: a segment is rolled when one of its indexes is this large. */
  segmentIndexBytes: number
  /** index.interval.bytes: bytes of log between two index entries. */
  indexIntervalBytes: number
  /** max.message.bytes: the largest batch taken. */
  maxMessageBytes: number
  /** Whether cleanup.policy contains `compact`: offsets may be missing then. */
  isCompacted: boolean
  /** Whether cleanup.policy contains `delete`; retention applies only then. */
  isDeletedByAge: boolean
  /** retention.ms: segments whose youngest record is older are removed; -1 keeps them. */
  retentionMs: Int64
  /** retention.bytes: the oldest segments are removed while the rest is at least this large; -1 keeps them. */
  retentionBytes: number
  /**
   * flush.messages: the append that makes it this many unsynced records returns only once they are on the disk. With 1,
   * a power loss takes nothing that was acknowledged; with the default, it may take what the kernel had not written.
   */
  flushMessages: number
  /** flush.ms: records are on the disk once they are this old; a power loss takes at most what is younger. */
  flushMs: number
  /** file.delete.delay.ms: how long a deleted partition stays on disk under its new name. */
  fileDeleteDelayMs: number
  /** producer.id.expiration.ms: how long the sequences of a silent producer are remembered. */
  producerIdExpirationMs: number
}

const DAY_MS = 86_400_000

export const DEFAULT_LOG_SETTINGS: LogSettings = {
  segmentBytes: 1_073_741_824,
  segmentMs: 7 * DAY_MS,
  segmentJitterMs: 0,
  segmentIndexBytes: 10_485_760,
  indexIntervalBytes: 4096,
  maxMessageBytes: 1_048_588,
  isCompacted: false,
  isDeletedByAge: true,
  retentionMs: 7 * DAY_MS,
  retentionBytes: -1,
  flushMessages: Number.MAX_SAFE_INTEGER,
  flushMs: Number.MAX_SAFE_INTEGER,
  fileDeleteDelayMs: 60_000,
  producerIdExpirationMs: DAY_MS,
}
