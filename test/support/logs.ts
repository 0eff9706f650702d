import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { addInt64, type Int64 } from '../../src/bytes/int64.ts'
import { checkLogDir } from '../../src/log/check.ts'
import type { Clock } from '../../src/log/clock.ts'
import { type Files, realFiles } from '../../src/log/files.ts'
import { LogDir } from '../../src/log/log-dir.ts'
import { lastOffset } from '../../src/log/log-offsets.ts'
import { DEFAULT_LOG_SETTINGS, type LogSettings } from '../../src/log/log-settings.ts'
import type { PartitionLog } from '../../src/log/partition-log.ts'
import type { LockHolder, Processes } from '../../src/log/processes.ts'
import type { Finding } from '../../src/log/recovery-report.ts'
import { batchSize } from '../../src/records/batch.ts'
import type { Codec } from '../../src/records/codec.ts'
import { BatchBuilder, type KafkaRecord, readRecords } from '../../src/records/record.ts'
import { type FoundTimestamp, lookUpTimestamp } from '../../src/records/timestamp-lookup.ts'
import { MemoryFiles } from './memory-files.ts'
import { randomBytes, seededRandom } from './random.ts'

export const TOPIC_ID = 'Mjx1Y1kVQ0q4YJcG0nC5dQ'
export const START_MS = 1_700_000_000_000

/** A clock that only tests move. */
export class TestClock implements Clock {
  #wallMs = START_MS
  /** Far from the wall clock, so that a mix of the two shows. */
  #monotonicMs = 1_000_000
  now = (): number => this.#wallMs
  monotonicMs = (): number => this.#monotonicMs
  pass(ms: number): void {
    this.#wallMs += ms
    this.#monotonicMs += ms
  }
  /** Sets the wall clock, without any time passing. */
  jump(ms: number): void {
    this.#wallMs += ms
  }
}

/** Processes that tests start and end. */
export class TestProcesses implements Processes {
  #current = 1
  readonly #ended = new Set<number>()
  self = (): LockHolder => ({ pid: this.#current, startedAt: 'then', boot: 'one', namespace: 'here' })
  isRunning = (holder: LockHolder): boolean => !this.#ended.has(holder.pid)
  uptimeMs = (): number | null => 3_600_000
  /** The process of the broker ends, another one begins. */
  restart(): void {
    this.#ended.add(this.#current++)
  }
  /** A second process runs beside the first. */
  startSecond(): void {
    this.#current++
  }
}

/** A data folder as a test sees it: opened, crashed and opened again, checked at the end. */
export class TestFolder {
  files: Files
  readonly folder: string
  readonly clock = new TestClock()
  readonly processes = new TestProcesses()
  readonly random: () => number
  settings: LogSettings
  dir!: LogDir
  /** What opening and reading logs found wrong. */
  findings: Finding[] = []
  readonly #maxOpenFiles: number | undefined
  /** What the folder reported of writes. */
  readonly reports: string[] = []

  constructor(
    files: Files,
    folder: string,
    { settings = {}, seed = 1, maxOpenFiles }: TestFolderOptions = {},
  ) {
    this.files = files
    this.folder = folder
    this.#maxOpenFiles = maxOpenFiles
    this.settings = { ...DEFAULT_LOG_SETTINGS, ...settings }
    this.random = seededRandom(seed)
    this.open()
  }

  open(): LogDir {
    this.dir = LogDir.open({
      folder: this.folder,
      files: this.files,
      clock: this.clock,
      randomBytes: (size) => randomBytes(this.random, size),
      settings: () => this.settings,
      processes: this.processes,
      report: (finding) => this.findings.push(finding),
      ...(this.#maxOpenFiles === undefined ? {} : { maxOpenFiles: this.#maxOpenFiles }),
      nodeId: 1,
      clusterId: 'MkU3OEVBNTcwNTJENDM2Qg',
      listener: {
        writesFailed: (partition, { message }) => this.reports.push(`${partition} fails: ${message}`),
        writesResumed: (partition) => this.reports.push(`${partition} takes writes again`),
        folderLost: ({ message }) => this.reports.push(`lost: ${message}`),
      },
    })
    return this.dir
  }

  log(topic = 'orders', partition = 0): PartitionLog {
    return this.dir.createPartition(topic, partition, TOPIC_ID)
  }

  /** Closes the folder well and opens it again. */
  reopen(): LogDir {
    this.close()
    return this.open()
  }

  /** The process dies; another one opens what it left, or what `files` hold instead. */
  crash(files: Files = this.files instanceof MemoryFiles ? this.files.afterKill() : this.files): LogDir {
    this.files = files
    this.processes.restart()
    return this.open()
  }

  /** Closes the folder and checks what it left on the disk; what a crash or a failure left is recovered before. */
  close(): void {
    const hasFailed = this.dir.partitions().some((log) => log.failure !== null)
    if (hasFailed) {
      this.dir.close()
      this.open()
    }
    if (!this.dir.wasClean && this.dir.partitions().length === 0) {
      for (const { topic, partition } of this.dir.found()) this.log(topic, partition)
    }
    this.dir.close()
    expect(checkLogDir(this.files, this.folder)).toEqual([])
  }
}

export interface TestFolderOptions {
  settings?: Partial<LogSettings>
  seed?: number
  maxOpenFiles?: number
}

/** A folder in memory; what it holds is checked when the test ends. */
export function memoryFolder(options: TestFolderOptions = {}): TestFolder {
  const folder = new TestFolder(new MemoryFiles(), '/data', options)
  onTestFinished(() => folder.close())
  return folder
}

/** A folder on the disk of this machine; it is removed when the test ends. */
export function realFolder(options: TestFolderOptions = {}): TestFolder {
  const path = mkdtempSync(join(tmpdir(), 'ktool-log-'))
  const folder = new TestFolder(realFiles, path, options)
  onTestFinished(() => {
    folder.close()
    rmSync(path, { recursive: true })
  })
  return folder
}

export interface BatchSpec {
  values?: readonly string[]
  timestamp?: Int64
  /** Added to the timestamp for each record. */
  step?: number
  producerId?: Int64
  producerEpoch?: number
  baseSequence?: number
  isTransactional?: boolean
  codec?: Codec
}

/** One batch of records with these values. */
export function batch({
  values = ['a'],
  timestamp = START_MS,
  step = 0,
  ...options
}: BatchSpec = {}): Buffer {
  const builder = new BatchBuilder()
  for (const [i, value] of values.entries())
    builder.append(addInt64(timestamp, i * step), null, Buffer.from(value), [])
  return Buffer.from(builder.build(options))
}

export const client = { leaderEpoch: 0, origin: 'client' } as const

/** Appends one batch with these values. */
export const append = (log: PartitionLog, ...values: string[]) => log.append(batch({ values }), client)

/** All records of some batches. */
export function recordsIn(records: Buffer): KafkaRecord[] {
  const found: KafkaRecord[] = []
  for (let at = 0; at < records.length; at += batchSize(records, at)) found.push(...readRecords(records, at))
  return found
}

/** All records from an offset on, read in pieces. */
export function readAll(log: PartitionLog, from = log.startOffset, maxBytes = 1_000_000): KafkaRecord[] {
  const found: KafkaRecord[] = []
  for (let next = from; next < log.endOffset; ) {
    const slice = log.read(next, maxBytes)
    if (slice.records.length === 0) throw new Error(`nothing to read at ${next}`)
    const copy = Buffer.from(slice.records)
    slice.release()
    found.push(...recordsIn(copy).filter((record) => record.offset >= next))
    let last = 0
    for (let at = 0; at < copy.length; at += batchSize(copy, at)) last = at
    next = lastOffset(copy, last) + 1
  }
  return found
}

/** The first record with this timestamp or a later one; null when there is none. */
export function recordReaching(log: PartitionLog, timestamp: Int64): FoundTimestamp | null {
  for (let from = log.startOffset; ; ) {
    const found = log.batchReaching(timestamp, from)
    const record = found && lookUpTimestamp(found, timestamp, from)
    if (found === null || record) return record
    from = lastOffset(found, 0) + 1
  }
}

/** The values of all records from an offset on. */
export const valuesIn = (log: PartitionLog, from?: number): string[] =>
  readAll(log, from).map((record) => String(record.value))
