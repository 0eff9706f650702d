import {
  CLEANER_FILE,
  encodeCheckpoint,
  HIGH_WATERMARK_FILE,
  LOG_START_FILE,
  type OffsetCheckpoint,
  RECOVERY_POINT_FILE,
  readCheckpoint,
} from './checkpoints.ts'
import { type Files, replaceFile } from './files.ts'
import { parsePartitionFolder } from './partition-folder.ts'
import type { PartitionLog } from './partition-log.ts'
import type { Finding, Report } from './recovery-report.ts'
import { StorageError } from './storage-error.ts'

/** Kafka keeps no checkpoints for it; it is always recovered from its start. */
export const METADATA_TOPIC = '__cluster_metadata'

/** The checkpoint files of a data folder, kept in step with its logs. */
export class FolderCheckpoints {
  readonly #files: Files
  readonly #folder: string
  readonly #logs: ReadonlyMap<string, PartitionLog>
  /** What the files said at the start, by file and partition folder. */
  readonly #found = new Map<string, Map<string, number>>()
  /** What the files hold for sure, also after a power loss. */
  readonly #synced = new Map<string, Buffer>()
  /** Whether the files may still name partitions that were taken out. */
  #isStale = false

  constructor(
    files: Files,
    folder: string,
    logs: ReadonlyMap<string, PartitionLog>,
    { wasClean, report }: { readonly wasClean: boolean; readonly report: Report },
  ) {
    this.#files = files
    this.#folder = folder
    this.#logs = logs
    for (const name of [RECOVERY_POINT_FILE, LOG_START_FILE, HIGH_WATERMARK_FILE]) {
      const { offsets, fault } = readCheckpoint(files, `${folder}/${name}`, wasClean)
      this.#found.set(name, offsets)
      if (fault !== null) report(damagedCheckpoint(`${folder}/${name}`, name, fault))
    }
  }

  /** Where the log in the partition folder was known to be on the disk when this process began. */
  recoveryPoint(partition: string): number {
    return this.#found.get(RECOVERY_POINT_FILE)!.get(partition) ?? 0
  }

  /** Where the log in the partition folder began when this process did. */
  startOffset(partition: string): number {
    return this.#found.get(LOG_START_FILE)!.get(partition) ?? 0
  }

  /** Records of the log in the partition folder that were there before this process began. */
  highWatermark(partition: string): number {
    return this.#found.get(HIGH_WATERMARK_FILE)!.get(partition) ?? 0
  }

  /** Takes a partition out of the files, with the next write or refresh. */
  forget(partition: string): void {
    for (const offsets of this.#found.values()) offsets.delete(partition)
    this.#isStale = true
  }

  /** As refresh, where the disk has room for that: it is tried again. */
  refreshIfPossible(): void {
    try {
      this.refresh()
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
    }
  }

  /** As forget, for all partitions that only the files know. */
  forgetUnknown(isKnown: (topic: string, partition: number) => boolean): void {
    for (const offsets of this.#found.values()) {
      for (const partition of [...offsets.keys()]) {
        const found = parsePartitionFolder(partition)
        if (found === null || !isKnown(found.topic, found.partition))
          this.#isStale = offsets.delete(partition)
      }
    }
  }

  /** Makes sure that the files name no partition that was taken out: a later one of that name must not start from its offsets. */
  refresh(): void {
    if (!this.#isStale) return
    this.writeRecoveryPoints(false)
    this.writeStartOffsets()
    this.#isStale = false
  }

  /** A lost recovery point costs a longer recovery, so these need not be synced. */
  writeRecoveryPoints(sync: boolean): void {
    this.#write(RECOVERY_POINT_FILE, (log) => log.recoveryPoint, sync)
  }

  /** A lost start offset would bring deleted records back, so these are always synced; they seldom change. */
  writeStartOffsets(): void {
    this.#write(LOG_START_FILE, (log) => (log.hasMovedStart ? log.startOffset : null), true)
  }

  /** Writes all files. */
  write(sync: boolean): void {
    this.writeRecoveryPoints(sync)
    this.writeStartOffsets()
    this.#write(HIGH_WATERMARK_FILE, (log) => log.highWatermark, sync)
    // Belongs to the compaction of Kafka, which expects it to exist.
    const cleaner = this.#files.size(`${this.#folder}/${CLEANER_FILE}`) ?? 0
    if (cleaner === 0) this.#write(CLEANER_FILE, () => null, sync)
    this.#isStale = false
  }

  #write(name: string, offsetOf: (log: PartitionLog) => number | null, sync: boolean): void {
    const entries: OffsetCheckpoint[] = []
    for (const log of this.#logs.values()) {
      const offset = log.topic === METADATA_TOPIC ? null : offsetOf(log)
      if (offset !== null) entries.push({ topic: log.topic, partition: log.partition, offset })
    }
    // What was said of partitions that nobody opened yet still holds.
    for (const [partition, offset] of this.#found.get(name) ?? []) {
      const unopened = this.#logs.has(partition) ? null : parsePartitionFolder(partition)
      if (unopened !== null) entries.push({ ...unopened, offset })
    }
    const bytes = encodeCheckpoint(entries)
    if (this.#synced.get(name)?.equals(bytes)) return
    this.#synced.delete(name)
    replaceFile(this.#files, `${this.#folder}/${name}`, bytes, sync ? 'file' : false)
    if (sync && this.#syncFolder()) this.#synced.set(name, bytes)
  }

  /** Once the file has its name, what it says holds for the next start; only a power loss may take it back, until the next write. */
  #syncFolder(): boolean {
    try {
      this.#files.syncFolder(this.#folder)
      return true
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
      return false
    }
  }
}

const CONSEQUENCES: Readonly<Record<string, string>> = {
  [RECOVERY_POINT_FILE]: 'logs are checked from their start after an unclean stop',
  [LOG_START_FILE]: 'records deleted since the last roll of their log may be back',
  [HIGH_WATERMARK_FILE]: 'it is not needed',
}

const damagedCheckpoint = (file: string, name: string, fault: string): Finding => ({
  kind: 'rebuilt',
  topic: null,
  partition: null,
  file,
  message: `'${file}' is damaged and written again: ${fault}; ${CONSEQUENCES[name]}`,
})
