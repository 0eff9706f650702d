// Which partition a record goes to, as Kafka's Java producer decides it: two producers that write one key
// must meet in one partition, whatever they are written in.

/** The 32-bit murmur2 of `key` as org.apache.kafka.common.utils.Utils.murmur2 computes it; signed. */
export function murmur2(key: Uint8Array, from = 0, to = key.length): number {
  const m = 0x5bd1e995
  const length = to - from
  let h = 0x9747b28c ^ length
  let at = from
  for (const last = to - 3; at < last; at += 4) {
    let k = key[at]! | (key[at + 1]! << 8) | (key[at + 2]! << 16) | (key[at + 3]! << 24)
    k = Math.imul(k, m)
    k ^= k >>> 24
    h = Math.imul(h, m) ^ Math.imul(k, m)
  }
  const left = to - at
  if (left > 0) {
    if (left > 2) h ^= key[at + 2]! << 16
    if (left > 1) h ^= key[at + 1]! << 8
    h = Math.imul(h ^ key[at]!, m)
  }
  h ^= h >>> 13
  h = Math.imul(h, m)
  return h ^ (h >>> 15)
}

/** The partition of a record with this key among `count` partitions, available or not. */
export function partitionForKey(key: Uint8Array, count: number, from = 0, to = key.length): number {
  return (murmur2(key, from, to) & 0x7fffffff) % count
}

/**
 * Chooses the partition of records without a key: stays on one until about `stickyBytes` went there, then moves to
 * a random other one, so that batches fill (KIP-794). Partitions without a leader are avoided while there are others.
 */
export class StickyPartitioner {
  readonly #stickyBytes: number
  readonly #random: () => number
  #current = -1
  #bytes = 0

  constructor(stickyBytes: number, random: () => number) {
    this.#stickyBytes = Math.max(1, stickyBytes)
    this.#random = random
  }

  /** The partition for the next record; `available` lists those with a leader and must not be empty. */
  current(available: readonly number[]): number {
    if (this.#current < 0) this.#move(available)
    return this.#current
  }

  /** Counts the bytes that went to the current partition; `endsBatch` says that its batch is full. */
  wrote(bytes: number, endsBatch: boolean, available: readonly number[]): void {
    this.#bytes += bytes
    // As in Java: a switch in the middle of a batch would leave a small batch behind, so wait for its end,
    // but not for ever, since a linger of 0 may never fill one.
    if (this.#bytes < this.#stickyBytes || (!endsBatch && this.#bytes < this.#stickyBytes * 2)) return
    this.#move(available)
  }

  /** Leaves the current partition, because its leader went away. */
  leave(): void {
    this.#current = -1
  }

  #move(available: readonly number[]): void {
    this.#current = available[Math.floor(this.#random() * available.length)]!
    this.#bytes = 0
  }
}
