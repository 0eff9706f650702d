import { DeletedFolders } from './deleted-folders.ts'
import { DiskReserve, isDiskFull, type Spend } from './disk-reserve.ts'
import { type Files, realFiles, replaceFile } from './files.ts'
import { FolderCheckpoints, METADATA_TOPIC } from './folder-checkpoints.ts'
import { type FolderIdentity, identifyFolder } from './folder-identity.ts'
import { FolderLock } from './folder-lock.ts'
import { FolderReport } from './folder-report.ts'
import { type FoundPartition, findPartitions } from './found-partitions.ts'
import { ageKept } from './kept-files.ts'
import { eachLog, moveStarts, type NewStart } from './log-rounds.ts'
import type { LogSettings } from './log-settings.ts'
import { type MetaProperties, readMetaProperties } from './meta-properties.ts'
import { OpenFiles } from './open-files.ts'
import { isDeletedFolder, partitionFolder, strayFolder } from './partition-folder.ts'
import { PartitionLog } from './partition-log.ts'
import { PARTITION_METADATA_FILE, readTopicId, writeTopicId } from './partition-metadata.ts'
import { type Processes, realProcesses } from './processes.ts'
import { ReadBuffers } from './read-buffers.ts'
import type { Report } from './recovery-report.ts'
import type { RecoverySummary } from './recovery-summary.ts'
import type { Work } from './slices.ts'
import { StorageError } from './storage-error.ts'

const CLEAN_SHUTDOWN_FILE = '.kafka_cleanshutdown'

export interface LogDirOptions extends FolderIdentity {
  /** Settings of a topic, asked again whenever they matter. */
  settings: (topic: string) => LogSettings
  files?: Files
  /** How many log and index files are kept open at once: a share of what the process may have, unless given. */
  maxOpenFiles?: number
  processes?: Processes
  listener?: LogDirListener
  /** Is called with what is found wrong, while logs are opened and later. */
  report?: Report
}

/** Who wants to know how the logs of a folder are. Partitions are named as their folders are. */
export interface LogDirListener {
  writesFailed(partition: string, failure: StorageError): void
  writesResumed(partition: string): void
  /** The folder has another broker, or is gone; nothing is written any more. */
  folderLost(reason: StorageError): void
}

const NOBODY: LogDirListener = { writesFailed() {}, writesResumed() {}, folderLost() {} }

/** The data folder of a broker: its lock, its checkpoints and the logs in it. */
export class LogDir {
  readonly folder: string
  readonly meta: MetaProperties
  readonly report: FolderReport
  /** Whether the last broker closed the folder; otherwise logs are recovered when opened. */
  readonly wasClean: boolean
  /**
   * Whether another broker may have the folder too, and not have noticed yet that it lost it: its lock is silent, or
   * was removed. Wait CONTEST_MS before the first partition is opened.
   */
  readonly isContested: boolean
  readonly #options: LogDirOptions
  readonly #files: Files
  readonly #openFiles: OpenFiles
  readonly #lock: FolderLock
  readonly #buffers = new ReadBuffers()
  readonly #logs = new Map<string, PartitionLog>()
  readonly #deleted: DeletedFolders
  readonly #reserve: DiskReserve
  readonly #checkpoints: FolderCheckpoints
  /** Partitions whose last write failed because the disk is full. */
  readonly #full = new Set<string>()
  #isClosed = false

  private constructor(options: LogDirOptions, lock: FolderLock, meta: MetaProperties, isNew: boolean) {
    this.#options = options
    this.#files = options.files ?? realFiles
    this.#openFiles = new OpenFiles(this.#files, options.maxOpenFiles)
    this.folder = options.folder
    this.meta = meta
    this.#lock = lock
    this.wasClean = this.#files.size(this.#path(CLEAN_SHUTDOWN_FILE)) !== null
    const isUnlocked = lock.before === 'none' && !isNew && !this.wasClean
    this.isContested = lock.before === 'silent' || isUnlocked
    this.report = new FolderReport(options.clock, options.report)
    this.#checkpoints = new FolderCheckpoints(this.#files, this.folder, this.#logs, {
      wasClean: this.wasClean,
      report: this.report.add,
    })
    this.#deleted = new DeletedFolders(this.#files, options, this.#openFiles.removals)
    this.#reserve = new DiskReserve(this.#files, this.folder)
  }

  /** Locks a data folder, making it if need be. Throws FOLDER_LOCKED or FOLDER_MISMATCH. No log is opened yet. */
  static open(options: LogDirOptions): LogDir {
    const { folder, clock, randomBytes } = options
    const files = options.files ?? realFiles
    files.makeFolder(folder)
    const place = { files, folder, clock, processes: options.processes ?? realProcesses(files) }
    const { listener = NOBODY } = options
    const lost = (reason: StorageError) => listener.folderLost(reason)
    const lock = FolderLock.acquire(place, randomBytes(8).toString('hex'), lost)
    try {
      const known = readMetaProperties(files, folder)
      const dir = new LogDir(options, lock, identifyFolder(files, options, known), known === null)
      // From here on a crash must lead to recovery.
      files.remove(dir.#path(CLEAN_SHUTDOWN_FILE))
      for (const entry of files.list(folder)) {
        if (entry.isFolder && isDeletedFolder(entry.name)) files.remove(dir.#path(entry.name))
      }
      return dir
    } catch (error) {
      lock.release()
      throw error
    }
  }

  /** Whether the folder is known to have another broker, or to be gone. */
  get isLost(): boolean {
    return this.#lock.isLost
  }

  #path(name: string): string {
    return `${this.folder}/${name}`
  }

  /** The partitions on disk, opened or not, by topic and partition. */
  found(): FoundPartition[] {
    return findPartitions(this.#files, this.folder)
  }

  /**
   * Opens a partition, recovering it after a crash; makes it when it is not there. FOLDER_MISMATCH for another topic's
   * folder. A folder that cannot be made whole is taken away again.
   */
  createPartition(topic: string, partition: number, topicId: string): PartitionLog {
    this.#refuseUnlessOurs()
    const name = partitionFolder(topic, partition)
    const open = this.#logs.get(name)
    if (open !== undefined && open.topicId === topicId) return open
    this.#deleted.clear(topic, partition)
    this.#checkpoints.refresh()
    try {
      return this.#openPartition(topic, partition, topicId, open)
    } catch (error) {
      if (open === undefined) this.#deleted.hideIfEmpty(topic, partition)
      throw error
    }
  }

  #openPartition(topic: string, partition: number, topicId: string, open?: PartitionLog): PartitionLog {
    const name = partitionFolder(topic, partition)
    const folder = this.#path(name)
    this.#files.makeFolder(folder)
    const report = this.report.partition(topic, partition)
    const { id, fault } = readTopicId(this.#files, folder)
    if (fault !== null) report.rewritten(`${folder}/${PARTITION_METADATA_FILE}`, fault, `topic id ${topicId}`)
    const idInFolder = open?.topicId ?? id
    if (idInFolder !== null && idInFolder !== topicId) {
      throw new StorageError(
        'FOLDER_MISMATCH',
        `'${folder}' belongs to topic id ${idInFolder}, not ${topicId}`,
      )
    }
    const log = PartitionLog.open({
      openFiles: this.#openFiles,
      folder,
      topic,
      partition,
      topicId,
      settings: () => this.#options.settings(topic),
      clock: this.#options.clock,
      random: () => this.#options.randomBytes(4).readUInt32BE(0) / 2 ** 32,
      buffers: this.#buffers,
      report,
      highWatermark: this.#checkpoints.highWatermark(name),
      recoveryPoint: this.#checkpoints.recoveryPoint(name),
      logStartOffset: this.#checkpoints.startOffset(name),
      wasClean: this.wasClean,
      mustBeWhole: topic === METADATA_TOPIC,
      ownership: this.#lock,
      listener: this.#listenerOf(name),
    })
    try {
      if (idInFolder === null) writeTopicId(this.#files, folder, topicId)
    } catch (error) {
      log.abandon()
      throw error
    }
    // What a former broker still writes must not meet what we write: it goes to the end of the last segment it knows.
    if (this.isContested) log.roll()
    this.#logs.set(name, log)
    return log
  }

  #listenerOf(partition: string) {
    const { listener = NOBODY } = this.#options
    return {
      writesFailed: (failure: StorageError) => {
        if (isDiskFull(failure)) this.#full.add(partition)
        listener.writesFailed(partition, failure)
      },
      writesResumed: () => {
        this.#full.delete(partition)
        listener.writesResumed(partition)
      },
    }
  }

  /** Ends the opening of logs that were there before, and sums up what it found. */
  endOpening(): RecoverySummary {
    return this.report.endOpening(this.wasClean, this.partitions())
  }

  /** The log of an open partition. */
  partition(topic: string, partition: number): PartitionLog | undefined {
    return this.#logs.get(partitionFolder(topic, partition))
  }

  /** All open logs. */
  partitions(): PartitionLog[] {
    return [...this.#logs.values()]
  }

  /**
   * Closes a log and hides its folder at once; `removeDeleted` removes it after file.delete.delay.ms, or as soon as it
   * can when the disk is full. Failures of the disk only delay it.
   */
  deletePartition(topic: string, partition: number): void {
    this.#refuseUnlessOurs()
    const name = partitionFolder(topic, partition)
    const log = this.#logs.get(name)
    // One that could not be opened has a folder all the same.
    if (log === undefined && !this.#files.list(this.folder).some((entry) => entry.name === name)) return
    log?.abandon()
    this.#logs.delete(name)
    const delayMs = this.#isDiskFull ? 0 : this.#options.settings(topic).fileDeleteDelayMs
    this.#full.delete(name)
    this.#deleted.hide(topic, partition, delayMs)
    this.#checkpoints.forget(name)
  }

  /** Takes partitions that were deleted out of the checkpoints, if the disk has room for that. */
  forgetDeleted(): void {
    this.#checkpoints.refreshIfPossible()
  }

  /** Takes back a partition that was made and never used. */
  discardPartition(topic: string, partition: number): void {
    this.#logs.get(partitionFolder(topic, partition))?.abandon()
    this.#logs.delete(partitionFolder(topic, partition))
    this.#refuseUnlessOurs()
    this.#deleted.hide(topic, partition, 0)
  }

  get #isDiskFull(): boolean {
    return this.#full.size > 0 || this.#reserve.isDiskFull
  }

  /** Runs a change that frees space; on a full disk with the space that is kept back for it. */
  withReserve<T>(change: () => T): T {
    return this.#reserve.spend(change)
  }

  /** Keeps space back for `withReserve`: to be called every few seconds. */
  fillReserve(): void {
    this.#refuseUnlessOurs()
    this.#reserve.fill()
  }

  /** Takes partitions that do not exist out of the checkpoints: a crash may have come before their deletion was complete. */
  forgetUnknown(isKnown: (topic: string, partition: number) => boolean): void {
    this.#checkpoints.forgetUnknown(isKnown)
  }

  /** Renames the folder of a partition that no topic claims, as Kafka does; gives the new name. */
  setAside(topic: string, partition: number): string {
    this.#refuseUnlessOurs()
    const name = partitionFolder(topic, partition)
    const aside = strayFolder(topic, partition, this.#options.randomBytes(16).toString('hex'))
    this.#files.rename(this.#path(name), this.#path(aside))
    this.#checkpoints.forget(name)
    return aside
  }

  /** Size of the disk that holds the folder, and what is free on it, in bytes. */
  diskSpace(): { totalBytes: number; usableBytes: number } {
    return this.#files.space(this.folder)
  }

  /** Moves the starts of logs and makes that survive a crash, all of them or none; then removes what is before them. */
  deleteRecordsBefore(starts: readonly NewStart[]): Work<void> {
    this.#refuseUnlessOurs()
    return moveStarts(starts, () => this.withReserve(() => this.#checkpoints.writeStartOffsets()))
  }

  /** Cuts a log and makes that survive a crash: a recovery point after the cut would hide what is written there next. */
  truncateTo(log: PartitionLog, offset: number): void {
    this.#refuseUnlessOurs()
    log.truncateTo(offset)
    this.#checkpoints.write(true)
  }

  /** Removes deleted partitions whose file.delete.delay.ms is over. */
  removeDeleted(): Work<void> {
    this.#refuseUnlessOurs()
    return this.#deleted.removeDue()
  }

  /** Removes segments and producers that have had their time. */
  applyRetention(): Work<void> {
    this.#refuseUnlessOurs()
    const spend: Spend = (change) => this.withReserve(change)
    return eachLog(this.partitions(), (log) => log.applyRetention(spend))
  }

  /**
   * Checks that the folder is still ours and renews the lock, syncs the logs whose flush.ms is over, and closes idle
   * files: to be called once a second.
   */
  *flushDue(): Work<void> {
    this.#refuseIfClosed()
    this.#lock.maintain()
    yield* eachLog(this.partitions(), (log) => log.flushIfDue())
    this.#openFiles.closeIdle()
  }

  /** Resolves when all that was removed is gone from the disk. */
  readonly removed = (): Promise<void> => this.#openFiles.removals.settled()

  /** Writes the checkpoint files; Kafka does so every minute. */
  checkpoint(): void {
    this.#refuseUnlessOurs()
    this.#checkpoints.write(false)
    this.#cutForeignBytes()
  }

  /** A former broker that was stopped in the middle of a write finishes it when it goes on, before it sees that it lost the folder. */
  #cutForeignBytes(): void {
    if (!this.isContested) return
    for (const log of this.#logs.values()) {
      try {
        log.cutForeignBytes()
      } catch (error) {
        if (error !== log.failure) throw error
      }
    }
  }

  /**
   * Closes all logs, after which the next start needs no recovery. A log that had failed is recovered all the same. A
   * folder that is not ours is left alone: throws FOLDER_LOCKED or FOLDER_LOST if that was not known before.
   */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    try {
      if (!this.isLost) this.#lock.check()
    } catch (error) {
      // Where it cannot be seen whose the folder is, closing is tried.
      if (!(error instanceof StorageError) || error.code !== 'DISK_FAILED') throw error
    } finally {
      if (this.isLost) for (const log of this.#logs.values()) log.abandon()
    }
    if (this.isLost) return
    // What a crash left in a partition that nobody opened since is not recovered yet.
    let isClean =
      this.wasClean || this.found().every((f) => this.partition(f.topic, f.partition) !== undefined)
    try {
      this.#reserve.makeRoom()
      for (const log of this.#logs.values()) if (!log.close()) isClean = false
      this.#cutForeignBytes()
      this.#checkpoints.write(true)
      if (isClean) {
        this.#ageKeptFiles()
        const marker = Buffer.from('{"version":0,"brokerEpoch":-1}')
        replaceFile(this.#files, this.#path(CLEAN_SHUTDOWN_FILE), marker, true)
      }
    } finally {
      this.#lock.release()
    }
  }

  /** What recovery took out of the logs is kept over one clean stop, if the broker had started at all. */
  #ageKeptFiles(): void {
    if (!this.report.isOpen) return
    for (const log of this.#logs.values()) {
      const folder = this.#path(partitionFolder(log.topic, log.partition))
      ageKept(this.#files, folder, log.opening.keptFiles)
    }
  }

  #refuseIfClosed(): void {
    if (this.#isClosed) throw new StorageError('LOG_CLOSED', `'${this.folder}' is closed`)
  }

  /** Throws unless the folder may be changed. */
  #refuseUnlessOurs(): void {
    this.#refuseIfClosed()
    this.#lock.require()
  }
}
