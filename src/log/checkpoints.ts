// Checkpoints of a data folder: text, a line each: version 0, the number of entries, then `<topic> <partition> <offset>`.
//
//   recovery-point-offset-checkpoint   records before it are on the disk
//   log-start-offset-checkpoint        where logs begin whose records were deleted within a segment
//   replication-offset-checkpoint      high watermarks
//   cleaner-offset-checkpoint          where compaction goes on; Kafka's
//
// To change the format: raise the version, decode by version, check both, and write the new one.

import { quoted } from '../bytes/printable.ts'
import { type Files, isBlank } from './files.ts'
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
  if (version !== String(VERSION)) return [`version ${quoted(version ?? '')} is not known`]
  const entries = lines.filter((line) => line !== '')
  if (count !== String(entries.length))
    return [`${quoted(count ?? '')} entries announced, ${entries.length} are there`]
  return entries.filter((line) => !isEntry(line)).map((line) => `${quoted(line)} is not an entry`)
}

const isEntry = (line: string): boolean => {
  const [, offset] = /^\S+ \d+ (\d+)$/.exec(line) ?? []
  return Number.isSafeInteger(Number(offset))
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
 * The offsets of a checkpoint by `<topic>-<partition>`, and what is wrong with it. No offsets when the file is missing or
 * damaged: they are 0 then, which costs a scan and loses nothing that was acknowledged. After an unclean stop the file
 * may be empty: Kafka makes it so, and a power loss takes what was not synced.
 */
export function readCheckpoint(
  files: Files,
  path: string,
  wasClean: boolean,
): { offsets: Map<string, number>; fault: string | null } {
  const found = files.readFile(path)
  const bytes = !wasClean && found !== null && isBlank(found) ? null : found
  const [fault] = bytes === null ? [] : checkCheckpoint(bytes)
  if (bytes === null || fault !== undefined) return { offsets: new Map(), fault: fault ?? null }
  const entries = decodeCheckpoint(bytes, path)
  return { offsets: new Map(entries.map((e) => [`${e.topic}-${e.partition}`, e.offset])), fault: null }
}
