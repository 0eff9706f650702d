import { addInt64, type Int64, maxInt64, minInt64, subtractInt64 } from '../../bytes/int64.ts'

/** What becomes of a record; the number is that of the wire. A gap is an offset without a record. */
const ACKNOWLEDGE_TYPES = { gap: 0, accept: 1, release: 2, reject: 3 } as const
export type AcknowledgeType = keyof typeof ACKNOWLEDGE_TYPES

export interface AcknowledgedRange {
  readonly first: Int64
  readonly last: Int64
  readonly type: AcknowledgeType
}

/** What was decided about records of one partition, in the order of their offsets, neighbours of a kind as one range. */
export class Acknowledgements {
  readonly #ranges: AcknowledgedRange[] = []

  get isEmpty(): boolean {
    return this.#ranges.length === 0
  }

  add(first: Int64, last: Int64, type: AcknowledgeType): void {
    const before = this.#ranges.at(-1)
    const isNext = before !== undefined && before.type === type && addInt64(before.last, 1) === first
    if (isNext) this.#ranges[this.#ranges.length - 1] = { first: before.first, last, type }
    else this.#ranges.push({ first, last, type })
  }

  addAll(others: Acknowledgements): void {
    for (const { first, last, type } of others.#ranges) this.add(first, last, type)
  }

  /** Takes out what was decided about offsets before this one, or about all. */
  takeBefore(offset: Int64 | null): Acknowledgements {
    const taken = new Acknowledgements()
    for (const { first, last, type } of this.#ranges.splice(0)) {
      if (offset === null) taken.add(first, last, type)
      else if (first < offset) taken.add(first, minInt64(last, subtractInt64(offset, 1)), type)
      if (offset !== null && last >= offset) this.add(maxInt64(first, offset), last, type)
    }
    return taken
  }

  /** As ShareFetch and ShareAcknowledge have them. */
  batches(): { firstOffset: Int64; lastOffset: Int64; acknowledgeTypes: number[] }[] {
    return this.#ranges.map(({ first, last, type }) => ({
      firstOffset: first,
      lastOffset: last,
      acknowledgeTypes: [ACKNOWLEDGE_TYPES[type]],
    }))
  }
}
