// The map that Kafka keeps committed offsets in, org.apache.kafka.timeline.TimelineHashMap, as far as its order shows in answers.
// Its table has a power of two of slots and grows when more than 4 / 3 of them would be taken, checked at each put.

import { javaHash } from './java-hash.ts'

const MAX_LOAD_FACTOR = 0.75
const MIN_SLOTS = 2
/** 2^64 divided by the golden ratio: Fibonacci hashing spreads keys that are close to each other. */
const GOLDEN = 0x9e3779b97f4a7c15n

/** A map whose entries come in the order of Kafka's. */
export class TimelineMap<K extends string | number, V> {
  readonly #map = new Map<K, V>()
  #slotBits = Math.log2(MIN_SLOTS)

  get size(): number {
    return this.#map.size
  }

  get(key: K): V | undefined {
    return this.#map.get(key)
  }

  set(key: K, value: V): void {
    // A key that is there already counts once more.
    if ((this.#map.size + 1) * MAX_LOAD_FACTOR > 2 ** this.#slotBits) this.#slotBits++
    this.#map.set(key, value)
  }

  /** The table keeps its size. */
  delete(key: K): boolean {
    return this.#map.delete(key)
  }

  /** In no order of Kafka's, and for nothing more than a Map costs. */
  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.#map[Symbol.iterator]()
  }

  /** By slot; of the entries in one slot the last one that came is the first. */
  inOrder(): [K, V][] {
    const placed = [...this.#map].reverse().map((entry) => ({ entry, slot: this.#slotOf(entry[0]) }))
    return placed.sort((a, b) => a.slot - b.slot).map(({ entry }) => entry)
  }

  #slotOf(key: K): number {
    const hash = typeof key === 'number' ? key : javaHash(key)
    return Number(BigInt.asUintN(64, BigInt(hash) * GOLDEN) >> BigInt(64 - this.#slotBits))
  }
}
