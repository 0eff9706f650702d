// Checkpoints of a data folder: text, a line each: version 0, the number of entries, then `<topic> <partition> <offset>`.
//
//   recovery-point-offset-checkpoint   records before it are on the disk
//   log-start-offset-checkpoint        where logs begin whose records were deleted within a segment
//   replication-offset-checkpoint      high watermarks
//   cleaner-offset-checkpoint          where compaction goes on; Kafka's
//
// To change the format: raise the version, decode by version, check both, and write the new one.

import type { Files } from './files.ts'
import { StorageError } from './storage-error.ts'

export const RECOVERY_POINT_FILE = 'recovery-point-offset-checkpoint'
export const LOG_START_FILE = 'log-start-offset-checkpoint'
export const HIGH_WATERMARK_FILE = 'replication-offset-checkpoint'
export const CLEANER_FILE = 'cleaner-offset-checkpoint'

const VERSION = 0

export interface OffsetCheckpoint {
  topic: string
  partition: number
  offset: number
}

export function encodeCheckpoint(entries: readonly OffsetCheckpoint[]): Buffer {
  const lines = entries.map(({ topic, partition, offset }) => `${topic} ${partition} ${offset}\n`)
  return Buffer.from(`${VERSION}\n${entries.length}\n${lines.join('')}`)
}

/** What is wrong with the text of a checkpoint: a line per fault. */
export function checkCheckpoint(bytes: Buffer): string[] {
  const [version, count, ...lines] = bytes.toString().split('\n')
  if (version !== String(VERSION)) return [`version '${version}' is not known`]
  const entries = lines.filter((line) => line !== '')
  if (count !== String(entries.length)) return [`'${count}' entries announced, ${entries.length} are there`]
  return entries.filter((line) => !/^\S+ \d+ \d+$/.test(line)).map((line) => `'${line}' is not an entry`)
}

/** The entries of a checkpoint; throws LOG_CORRUPT where the text makes no sense. */
export function decodeCheckpoint(bytes: Buffer, path: string): OffsetCheckpoint[] {
  const faults = checkCheckpoint(bytes)
  if (faults.length > 0) throw new StorageError('LOG_CORRUPT', `'${path}': ${faults[0]}`)
  const lines = bytes.toString().split('\n').slice(2)
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [topic, partition, offset] = line.split(' ')
      return { topic: topic!, partition: Number(partition), offset: Number(offset) }
    })
}

/**
 * The offsets of a checkpoint by `<topic>-<partition>`. Empty when the file is missing or makes no sense: offsets
 * then start at 0, which costs a scan and loses nothing that was acknowledged.
 */
export function readCheckpoint(files: Files, path: string): Map<string, number> {
  const bytes = files.readFile(path)
  if (bytes === null || checkCheckpoint(bytes).length > 0) return new Map()
  return new Map(decodeCheckpoint(bytes, path).map((e) => [`${e.topic}-${e.partition}`, e.offset]))
}
