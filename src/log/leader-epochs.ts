// leader-epoch-checkpoint: text, a line each: version 0, the number of entries, then `<epoch> <start offset>`.
//
// To change the format: raise the version, decode by version, check both, and write the new one.

import { quoted } from '../bytes/printable.ts'
import { type Files, replaceFile } from './files.ts'
import { StorageError } from './storage-error.ts'

export const LEADER_EPOCH_FILE = 'leader-epoch-checkpoint'
const VERSION = 0
const UNDEFINED = -1

export interface EpochStart {
  epoch: number
  startOffset: number
}

export interface EpochEnd {
  epoch: number
  endOffset: number
}

export function encodeLeaderEpochs(entries: readonly EpochStart[]): Buffer {
  const lines = entries.map(({ epoch, startOffset }) => `${epoch} ${startOffset}\n`)
  return Buffer.from(`${VERSION}\n${entries.length}\n${lines.join('')}`)
}

/** The entries of a checkpoint; throws LOG_CORRUPT where the text makes no sense. */
export function decodeLeaderEpochs(bytes: Buffer, path: string): EpochStart[] {
  const faults = checkLeaderEpochs(bytes)
  if (faults.length > 0) throw new StorageError('LOG_CORRUPT', `'${path}': ${faults[0]}`)
  return parseLines(bytes)
}

const parseLines = (bytes: Buffer): EpochStart[] =>
  bytes
    .toString()
    .split('\n')
    .slice(2)
    .filter((line) => line !== '')
    .map((line) => {
      const [epoch, startOffset] = line.split(' ').map(Number)
      return { epoch: epoch!, startOffset: startOffset! }
    })

/** What is wrong with the text of a checkpoint: a line per fault. */
export function checkLeaderEpochs(bytes: Buffer): string[] {
  const [version, count, ...lines] = bytes.toString().split('\n')
  if (version !== String(VERSION)) return [`version ${quoted(version ?? '')} is not known`]
  const entries = lines.filter((line) => line !== '')
  if (count !== String(entries.length))
    return [`${quoted(count ?? '')} entries announced, ${entries.length} are there`]
  const wrong = entries.filter((line) => !isEntry(line)).map((line) => `${quoted(line)} is not an entry`)
  if (wrong.length > 0) return wrong
  const parsed = parseLines(bytes)
  return parsed.flatMap((entry, i) => {
    const before = parsed[i - 1]
    const isGrowing =
      before === undefined || (entry.epoch > before.epoch && entry.startOffset >= before.startOffset)
    return isGrowing ? [] : [`epoch ${entry.epoch} is not above the one before it`]
  })
}

const isEntry = (line: string): boolean => {
  const [, offset] = /^\d+ (\d+)$/.exec(line) ?? []
  return Number.isSafeInteger(Number(offset))
}

/** At which offset each leader epoch began; every change is written to the checkpoint at once. */
export class LeaderEpochs {
  readonly #files: Files
  readonly #path: string
  /** Replaced as a whole by every change. */
  #entries: readonly EpochStart[]
  /** Whether a power loss cannot take the entries back. */
  #isSynced = false

  constructor(files: Files, folder: string, entries: EpochStart[]) {
    this.#files = files
    this.#path = `${folder}/${LEADER_EPOCH_FILE}`
    this.#entries = entries
  }

  get entries(): readonly EpochStart[] {
    return this.#entries
  }

  /** The current epoch; -1 before the first record. */
  get latest(): number {
    return this.#entries.at(-1)?.epoch ?? UNDEFINED
  }

  /** The epoch of the record at the offset; -1 when it is not known. */
  epochAt(offset: number): number {
    return this.#entries.findLast((entry) => entry.startOffset <= offset)?.epoch ?? UNDEFINED
  }

  /** Forgets all epochs, to learn them again from the batches. */
  clear(): void {
    this.#replace([])
  }

  /** Notes that batches of this epoch start at the offset, unless that is known. */
  assign(epoch: number, startOffset: number): void {
    if (epoch <= this.latest || epoch < 0) return
    const before = this.#entries.filter((entry) => entry.startOffset < startOffset)
    this.#replace([...before, { epoch, startOffset }])
  }

  /**
   * Where records of the epoch, or of the largest one before it, end; KIP-101. Both -1 for an epoch that is not known
   * and not below a known one.
   */
  endOf(epoch: number, logEndOffset: number): EpochEnd {
    if (epoch === this.latest && epoch !== UNDEFINED) return { epoch, endOffset: logEndOffset }
    const next = this.#entries.find((entry) => entry.epoch > epoch)
    if (epoch === UNDEFINED || next === undefined) return { epoch: UNDEFINED, endOffset: UNDEFINED }
    const found = this.#entries.findLast((entry) => entry.epoch <= epoch)
    return { epoch: found?.epoch ?? epoch, endOffset: next.startOffset }
  }

  /** Forgets epochs that begin at or after the new end of the log. */
  truncateFromEnd(endOffset: number): void {
    this.#keep(this.#entries.filter((entry) => entry.startOffset < endOffset))
  }

  /** Forgets epochs that end before the new start of the log; the one it lies in begins there from now on. */
  truncateFromStart(startOffset: number): void {
    const first = this.#entries.findLast((entry) => entry.startOffset <= startOffset)
    if (first === undefined || (first === this.#entries[0] && first.startOffset === startOffset)) return
    const rest = this.#entries.filter((entry) => entry.startOffset > startOffset)
    this.#keep([{ epoch: first.epoch, startOffset }, ...rest])
  }

  #keep(entries: EpochStart[]): void {
    const isSame =
      entries.length === this.#entries.length && entries[0]?.startOffset === this.#entries[0]?.startOffset
    if (isSame) return
    this.#replace(entries)
  }

  /** First the file, then memory. Without a sync a power loss may bring the old one back: recovery reads batches. */
  #replace(entries: readonly EpochStart[]): void {
    replaceFile(this.#files, this.#path, encodeLeaderEpochs(entries), false)
    this.#entries = entries
    this.#isSynced = false
  }

  /** Returns once the checkpoint is on the disk. */
  sync(): void {
    if (this.#isSynced) return
    replaceFile(this.#files, this.#path, encodeLeaderEpochs(this.#entries), true)
    this.#isSynced = true
  }
}
