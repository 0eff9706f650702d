import {
  BATCH_OVERHEAD,
  baseOffset,
  batchSize,
  checkHeader,
  computeCrc,
  storedCrc,
} from '../records/batch.ts'
import { RecordsError } from '../records/records-error.ts'
import type { ReadableFile } from './files.ts'
import { StorageError } from './storage-error.ts'

/** Read at once: a scan from an index entry ends within this as a rule. */
const HEADER_CHUNK = 16 * 1024
/** For a walk over batches that are larger than the other chunks: it reads little more than their headers. */
export const SMALL_CHUNK = 256
const WHOLE_CHUNK = 1024 * 1024

/**
 * Walks over the batches of a file part. After `next()` the header of a batch is in `buffer` at `at`, and the batch
 * starts at `position` in the file; with `whole`, all its bytes are there and their CRC was checked.
 */
export class BatchScanner {
  buffer: Buffer
  at = 0
  position: number
  /** Bytes of the current batch. */
  size = 0
  /** Why `next` threw. */
  fault = ''
  readonly #file: ReadableFile
  readonly #name: string
  readonly #to: number
  readonly #isWhole: boolean
  /** The part of the file that is in the buffer. */
  #bufferFrom = 0
  #bufferTo = 0

  constructor(
    file: ReadableFile,
    name: string,
    from: number,
    to: number,
    whole = false,
    chunkBytes = whole ? WHOLE_CHUNK : HEADER_CHUNK,
  ) {
    this.#file = file
    this.#name = name
    this.position = from
    this.#to = to
    this.#isWhole = whole
    const bytes = Math.min(chunkBytes, Math.max(1, to - from))
    this.buffer = chunkBytes < HEADER_CHUNK ? Buffer.allocUnsafe(bytes) : Buffer.allocUnsafeSlow(bytes)
  }

  /** Goes to the next batch; false at the end. Throws BATCH_CORRUPT at bytes that are no batch, `position` is there. */
  next(): boolean {
    this.position += this.size
    this.size = 0
    const left = this.#to - this.position
    if (left === 0) return false
    if (left < BATCH_OVERHEAD) throw this.#corrupt(`${left} bytes are too few for a batch`)
    this.#need(BATCH_OVERHEAD)
    const size = batchSize(this.buffer, this.at)
    if (size > left) throw this.#corrupt(`a batch claims ${size} bytes, ${left} are there`)
    if (this.#isWhole && size >= BATCH_OVERHEAD) this.#need(size)
    try {
      // The bytes after the header need not be in the buffer, so its end says nothing about the batch.
      checkHeader(this.buffer, this.at, this.at + left)
      if (this.#isWhole && computeCrc(this.buffer, this.at) !== storedCrc(this.buffer, this.at)) {
        throw new RecordsError(
          'BATCH_CORRUPT',
          `the CRC of the batch at offset ${baseOffset(this.buffer, this.at)} does not match its bytes`,
        )
      }
    } catch (error) {
      if (!(error instanceof RecordsError)) throw error
      throw this.#corrupt(error.message)
    }
    this.size = size
    return true
  }

  /** Makes sure that `length` bytes from `position` on are in the buffer, and sets `at` to them. */
  #need(length: number): void {
    if (this.position < this.#bufferFrom || this.position + length > this.#bufferTo) {
      if (length > this.buffer.length) this.buffer = Buffer.allocUnsafeSlow(length)
      const wanted = Math.min(this.buffer.length, this.#to - this.position)
      const got = this.#file.read(this.buffer, 0, wanted, this.position)
      this.#bufferFrom = this.position
      this.#bufferTo = this.position + got
      if (got < length) throw this.#corrupt(`the file ends after ${got} of ${length} bytes`)
    }
    this.at = this.position - this.#bufferFrom
  }

  #corrupt(what: string): StorageError {
    this.fault = what
    return new StorageError('BATCH_CORRUPT', `'${this.#name}' at position ${this.position}: ${what}`)
  }
}
