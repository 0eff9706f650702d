// <base offset>.txnindex: an entry of 34 bytes, big-endian, for each aborted transaction that ends in the segment:
//
//    0 int16  version, 0               18 int64  lastOffset, that of the abort marker
//    2 int64  producerId               26 int64  lastStableOffset right after the transaction
//   10 int64  firstOffset
//
// In the order of lastOffset. The file exists only where there is something to say.
//
// To change the format: raise the version, decode by version, check both, and write the new one.

import { type Int64, readInt64, writeInt64 } from '../bytes/int64.ts'
import type { FileHandle, Files } from './files.ts'
import type { OpenFiles } from './open-files.ts'
import { StorageError } from './storage-error.ts'

const TRANSACTION_ENTRY_BYTES = 34
const VERSION = 0

export interface AbortedTransaction {
  producerId: Int64
  firstOffset: Int64
  lastOffset: Int64
  lastStableOffset: Int64
}

export function encodeAbortedTransaction(transaction: AbortedTransaction): Buffer {
  const bytes = Buffer.alloc(TRANSACTION_ENTRY_BYTES)
  bytes.writeInt16BE(VERSION, 0)
  writeInt64(bytes, 2, transaction.producerId)
  writeInt64(bytes, 10, transaction.firstOffset)
  writeInt64(bytes, 18, transaction.lastOffset)
  writeInt64(bytes, 26, transaction.lastStableOffset)
  return bytes
}

/** All entries of a file; throws LOG_CORRUPT where the bytes make no sense. */
export function decodeTransactionIndex(bytes: Buffer, path: string): AbortedTransaction[] {
  const faults = checkTransactionIndex(bytes)
  if (faults.length > 0) throw new StorageError('LOG_CORRUPT', `'${path}': ${faults[0]}`)
  const found: AbortedTransaction[] = []
  for (let at = 0; at < bytes.length; at += TRANSACTION_ENTRY_BYTES) {
    found.push({
      producerId: readInt64(bytes, at + 2),
      firstOffset: readInt64(bytes, at + 10),
      lastOffset: readInt64(bytes, at + 18),
      lastStableOffset: readInt64(bytes, at + 26),
    })
  }
  return found
}

/** What is wrong with the bytes of a transaction index by themselves: a line per fault. */
export function checkTransactionIndex(bytes: Buffer): string[] {
  const faults: string[] = []
  if (bytes.length % TRANSACTION_ENTRY_BYTES !== 0) faults.push(`${bytes.length} bytes are not whole entries`)
  let lastOffset: Int64 = -1
  for (let at = 0; at + TRANSACTION_ENTRY_BYTES <= bytes.length; at += TRANSACTION_ENTRY_BYTES) {
    const version = bytes.readInt16BE(at)
    if (version !== VERSION) faults.push(`entry at ${at} has version ${version}`)
    const offset = readInt64(bytes, at + 18)
    if (offset <= lastOffset) faults.push(`entry at ${at} is not above the one before it`)
    lastOffset = offset
  }
  return faults
}

/** The aborted transactions that end in one segment. Written at once: transactions are seldom aborted. */
export class TransactionIndex {
  readonly path: string
  readonly #files: Files
  readonly #file: FileHandle
  #exists: boolean
  #isSynced = true

  constructor(openFiles: OpenFiles, path: string, exists: boolean) {
    this.#files = openFiles.files
    this.path = path
    this.#file = openFiles.file(path, 'write')
    this.#exists = exists
  }

  /** Aborted transactions with records in [from, to). */
  overlapping(from: number, to: number): AbortedTransaction[] {
    if (!this.#exists) return []
    return decodeTransactionIndex(this.#bytes(), this.path).filter(
      (t) => t.lastOffset >= from && t.firstOffset < to,
    )
  }

  #bytes(): Buffer {
    return this.#files.readFile(this.path) ?? Buffer.alloc(0)
  }

  /** What is wrong with the file: a line per fault. */
  check(): string[] {
    return this.#exists ? checkTransactionIndex(this.#bytes()) : []
  }

  append(transaction: AbortedTransaction): void {
    const entry = encodeAbortedTransaction(transaction)
    this.#file.write(entry, 0, entry.length, this.#exists ? this.#file.size() : 0)
    this.#exists = true
    this.#isSynced = false
  }

  /** Forgets transactions that end at or after the offset. */
  truncateTo(offset: number): void {
    if (!this.#exists) return
    const kept = decodeTransactionIndex(this.#bytes(), this.path).filter((t) => t.lastOffset < offset)
    this.#file.truncate(kept.length * TRANSACTION_ENTRY_BYTES)
    this.#isSynced = false
  }

  /** Forgets all transactions, whatever the file held. */
  reset(): void {
    if (this.#exists) this.remove()
  }

  sync(): void {
    if (this.#isSynced) return
    this.#file.sync()
    this.#isSynced = true
  }

  async syncLater(): Promise<void> {
    if (this.#isSynced) return
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

  remove(): void {
    this.release()
    this.#files.remove(this.path)
    this.#exists = false
    this.#isSynced = true
  }
}
