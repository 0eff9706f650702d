import { type Files, isBlank, removeQuietly, writeWhole } from './files.ts'
import { checkProducerSnapshot, decodeProducerSnapshot, encodeProducerSnapshot } from './producer-snapshot.ts'
import type { ProducerState } from './producer-state.ts'
import type { PartitionReport } from './recovery-report.ts'
import { fileAt, offsetIn, SNAPSHOT_SUFFIX } from './segment-names.ts'

/** The snapshot files of a partition. One stands beside each segment, and one at the end of a log closed well. */
export class ProducerStore {
  readonly #files: Files
  readonly #folder: string
  readonly #report: PartitionReport
  readonly #wasClean: boolean
  /** Offsets of the snapshots, ascending. */
  #offsets: number[]

  constructor(
    files: Files,
    folder: string,
    fileNames: readonly string[],
    { report, wasClean }: { readonly report: PartitionReport; readonly wasClean: boolean },
  ) {
    this.#report = report
    this.#wasClean = wasClean
    this.#files = files
    this.#folder = folder
    this.#offsets = fileNames
      .map((name) => offsetIn(name, SNAPSHOT_SUFFIX))
      .filter((offset) => offset !== null)
      .sort((a, b) => a - b)
  }

  get latestOffset(): number | null {
    return this.#offsets.at(-1) ?? null
  }

  path(offset: number): string {
    return fileAt(this.#folder, offset, SNAPSHOT_SUFFIX)
  }

  /** Writes what `state` was before `offset`; nothing happens when there is a snapshot of that or a later offset. */
  write(state: ProducerState, offset: number, sync: boolean): void {
    if ((this.latestOffset ?? -1) >= offset) return
    try {
      writeWhole(this.#files, this.path(offset), encodeProducerSnapshot(state.snapshot()), sync)
    } catch (error) {
      removeQuietly(this.#files, this.path(offset))
      throw error
    }
    this.#offsets.push(offset)
  }

  /**
   * Fills `state` from the last good snapshot in (startOffset, endOffset]. Returns the offset from which the log must be
   * replayed, null without a snapshot to start from. Damaged snapshots are removed.
   */
  load(state: ProducerState, startOffset: number, endOffset: number): number | null {
    for (const offset of [...this.#offsets].reverse()) {
      if (offset > endOffset || offset <= startOffset) continue
      const bytes = this.#readGood(offset)
      if (bytes === null) continue
      state.load(decodeProducerSnapshot(bytes, this.path(offset)))
      return offset
    }
    return null
  }

  /** The snapshot at the offset; null when it is damaged, and removed. */
  #readGood(offset: number): Buffer | null {
    const bytes = this.#files.readFile(this.path(offset))
    const [fault] = bytes === null ? ['it is missing'] : checkProducerSnapshot(bytes)
    if (fault === undefined) return bytes
    const isExpected = !this.#wasClean && bytes !== null && isBlank(bytes)
    if (!isExpected) this.#report.rebuilt(this.path(offset), fault)
    this.remove(offset)
    return null
  }

  /** Removes the snapshots outside of (startOffset, endOffset]. */
  keepBetween(startOffset: number, endOffset: number): void {
    for (const offset of this.#offsets) {
      if (offset > endOffset || offset <= startOffset) this.remove(offset)
    }
  }

  /** Syncs the snapshot at the offset without blocking, if it is still there. */
  async syncLater(offset: number): Promise<void> {
    if (!this.#offsets.includes(offset)) return
    const file = this.#files.open(this.path(offset), 'read')
    try {
      await file.syncLater()
    } finally {
      file.close()
    }
  }

  /** Removes snapshots that a power loss left damaged. */
  removeDamaged(): void {
    for (const offset of this.#offsets) this.#readGood(offset)
  }

  /** Removes snapshots that belong to no segment, save one after the start of the last segment. */
  removeStray(baseOffsets: readonly number[]): void {
    const last = baseOffsets.at(-1) ?? 0
    const latest = this.latestOffset
    for (const offset of this.#offsets) {
      if (!baseOffsets.includes(offset) && !(offset === latest && offset > last)) this.remove(offset)
    }
  }

  removeAll(): void {
    for (const offset of this.#offsets) this.remove(offset)
  }

  remove(offset: number): void {
    if (!this.#offsets.includes(offset)) return
    this.#files.remove(this.path(offset))
    this.#offsets = this.#offsets.filter((o) => o !== offset)
  }
}
