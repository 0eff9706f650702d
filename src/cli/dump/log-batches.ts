import { type FileHandle, realFiles } from '../../log/files.ts'
import { StorageError } from '../../log/storage-error.ts'
import { BATCH_OVERHEAD, batchSize, LOG_OVERHEAD } from '../../records/batch.ts'

const CHUNK_BYTES = 1 << 20
/** Bytes up to and with the magic: Kafka takes fewer than this for the end of the file. */
const HEADER_UP_TO_MAGIC = 17
/** No record of any format is shorter. */
const MIN_RECORD_BYTES = 14

/** A batch in the buffer that holds it; good until the next one is asked for. */
export interface StoredBatch {
  buffer: Buffer
  at: number
  size: number
  position: number
}

/** A segment file opened for looking only. Batches are given as they stand, whether or not their bytes make sense. */
export class LogBatches {
  readonly path: string
  readonly #file: FileHandle
  readonly #to: number
  #buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  #from = 0
  #filled = 0

  /** Reads no further than `maxBytes`. */
  constructor(path: string, maxBytes = Number.MAX_SAFE_INTEGER) {
    this.path = path
    this.#file = realFiles.open(path, 'read')
    this.#to = Math.min(this.#file.size(), maxBytes)
  }

  get sizeInBytes(): number {
    return this.#to
  }

  /** The batches from `position` on; ends where the file has no whole batch any more. Throws at a size that none has. */
  *from(position: number): Generator<StoredBatch, void, undefined> {
    for (let at = position; ; ) {
      const batch = this.#batchAt(at)
      if (batch === null) return
      yield batch
      at += batch.size
    }
  }

  close(): void {
    this.#file.close()
  }

  #batchAt(position: number): StoredBatch | null {
    if (this.#to - position <= HEADER_UP_TO_MAGIC) return null
    const header = this.#view(position, HEADER_UP_TO_MAGIC)
    const size = batchSize(this.#buffer, header)
    if (size - LOG_OVERHEAD < MIN_RECORD_BYTES) {
      throw new StorageError(
        'BATCH_CORRUPT',
        `Found record size ${size - LOG_OVERHEAD} smaller than minimum record overhead (${MIN_RECORD_BYTES}) in file ${this.path}.`,
      )
    }
    if (size > this.#to - position) return null
    const magic = this.#buffer.readInt8(header + 16)
    if (magic !== 2 || size < BATCH_OVERHEAD) {
      throw new StorageError(
        'BATCH_CORRUPT',
        `the batch at ${position} of ${this.path} has magic ${magic}; only 2 can be read`,
      )
    }
    const at = this.#view(position, size)
    return { buffer: this.#buffer, at, size, position }
  }

  /** Where in the buffer the bytes from `position` are. */
  #view(position: number, length: number): number {
    const isThere = position >= this.#from && position + length <= this.#from + this.#filled
    if (!isThere) {
      if (length > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(length)
      const wanted = Math.min(this.#buffer.length, this.#to - position)
      this.#from = position
      this.#filled = this.#file.read(this.#buffer, 0, wanted, position)
      if (this.#filled < length) throw new StorageError('BATCH_CORRUPT', `${this.path} became shorter`)
    }
    return position - this.#from
  }
}
