import type { Int64 } from '../bytes/int64.ts'
import type { FileHandle } from './files.ts'
import type { OpenFiles } from './open-files.ts'

/** Entries collected in memory before they are written: the file is a hint, so a crash may lose them. */
const MAX_PENDING = 512
/** Below this many entries a search reads them all at once instead of halving further. */
const SEARCH_CHUNK = 256

const NOTHING = Buffer.alloc(0)

/**
 * A file of equally long entries in ascending order, of which the last few may still be in memory. It is opened when
 * first needed. Writing each entry by itself would double the system calls of an append.
 */
export class IndexFile {
  readonly path: string
  readonly #entryBytes: number
  readonly #file: FileHandle
  #stored: number
  #pending: Buffer = NOTHING
  #pendingCount = 0
  #isSynced = true
  /** Whether the file may hold bytes after its entries: a write failed half way, or entries were dropped. */
  #hasTail = false
  /** Whether the file held only whole entries when it was found. */
  readonly isWhole: boolean

  constructor(openFiles: OpenFiles, path: string, entryBytes: number) {
    this.path = path
    // Made again if it went missing: a search in an empty file makes it be filled again.
    this.#file = openFiles.file(path, 'write')
    this.#entryBytes = entryBytes
    const bytes = openFiles.files.size(path) ?? 0
    this.#stored = Math.floor(bytes / entryBytes)
    this.isWhole = bytes % entryBytes === 0
  }

  /** Number of entries, those in memory included. */
  get count(): number {
    return this.#stored + this.#pendingCount
  }

  get sizeInBytes(): number {
    return this.count * this.#entryBytes
  }

  /** Adds an entry; `fill` writes it. */
  append(fill: (buffer: Buffer, at: number) => void): void {
    if (this.#pendingCount === MAX_PENDING) this.flush()
    const at = this.#pendingCount * this.#entryBytes
    if (at === this.#pending.length) {
      const grown = Buffer.allocUnsafeSlow(
        Math.min(MAX_PENDING, Math.max(16, this.#pendingCount * 4)) * this.#entryBytes,
      )
      this.#pending.copy(grown)
      this.#pending = grown
    }
    fill(this.#pending, at)
    this.#pendingCount++
  }

  /** The entries [from, from + count) as bytes. */
  read(from: number, count: number): Buffer {
    const bytes = Buffer.allocUnsafe(count * this.#entryBytes)
    const inFile = Math.max(0, Math.min(count, this.#stored - from))
    if (inFile > 0) {
      const length = inFile * this.#entryBytes
      const got = this.#file.read(bytes, 0, length, from * this.#entryBytes)
      // Somebody cut the file: zeroes are less than anything searched for, and the reader of the log copes.
      if (got < length) bytes.fill(0, got, length)
    }
    if (inFile < count) {
      const start = Math.max(0, from - this.#stored) * this.#entryBytes
      this.#pending.copy(bytes, inFile * this.#entryBytes, start, start + (count - inFile) * this.#entryBytes)
    }
    return bytes
  }

  /** The last entry whose key is at most `target`; -1 when there is none. */
  floor(target: Int64, keyAt: (buffer: Buffer, at: number) => Int64): number {
    let low = 0
    let high = this.count
    // Below `low` all keys are at most the target, from `high` on all are above it.
    while (high - low > SEARCH_CHUNK) {
      const middle = (low + high) >>> 1
      if (keyAt(this.read(middle, 1), 0) <= target) low = middle + 1
      else high = middle
    }
    const start = low
    const chunk = this.read(start, high - low)
    while (low < high) {
      const middle = (low + high) >>> 1
      if (keyAt(chunk, (middle - start) * this.#entryBytes) <= target) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  /** Keeps the first `count` entries. The file is cut with the next write, so that this cannot fail. */
  truncate(count: number): void {
    if (count < this.#stored) {
      this.#isSynced = false
      this.#stored = count
      this.#pendingCount = 0
      this.#hasTail = true
    } else {
      this.#pendingCount = Math.min(this.#pendingCount, count - this.#stored)
    }
  }

  /** Forgets all entries, whatever the file held. */
  reset(): void {
    this.#isSynced = false
    this.#stored = 0
    this.#pendingCount = 0
    this.#hasTail = true
  }

  /** Writes what is in memory to the file. A failure leaves the entries in memory. */
  flush(): void {
    if (this.#hasTail) this.#file.truncate(this.#stored * this.#entryBytes)
    this.#hasTail = false
    if (this.#pendingCount === 0) return
    this.#isSynced = false
    this.#hasTail = true
    this.#file.write(this.#pending, 0, this.#pendingCount * this.#entryBytes, this.#stored * this.#entryBytes)
    this.#hasTail = false
    this.#stored += this.#pendingCount
    this.#pendingCount = 0
  }

  /** Writes what is in memory, and gives the memory back. */
  settle(): void {
    this.flush()
    this.#pending = NOTHING
  }

  sync(): void {
    this.flush()
    if (this.#isSynced) return
    this.#file.sync()
    this.#isSynced = true
  }

  async syncLater(): Promise<void> {
    this.flush()
    if (this.#isSynced) return
    // Set before: what is written in the meantime may come too late for this sync.
    this.#isSynced = true
    try {
      await this.#file.syncLater()
    } catch (error) {
      this.#isSynced = false
      throw error
    }
  }

  /** Closes the file; the next use opens it again. */
  release(): void {
    this.#file.close()
  }
}
