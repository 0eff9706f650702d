import { compareInt64, type Int64 } from '../../bytes/int64.ts'

interface Pair {
  readonly file: string
  readonly expected: Int64
  readonly found: Int64
}

/** What a dump found wrong, told at its end as Kafka does. */
export class Problems {
  readonly #indexMismatches: Pair[] = []
  readonly #timestampMismatches: Pair[] = []
  readonly #unordered: Pair[] = []
  readonly #missing: Pair[] = []
  readonly #gaps: Pair[] = []
  /** Whether an index does not fit its log; gaps between offsets are no fault, compaction leaves them. */
  hasFaults = false

  /** The batch that an offset index points to ends elsewhere. */
  indexMismatch(file: string, indexOffset: Int64, logOffset: Int64, isEmptySlot = false): void {
    this.hasFaults ||= !isEmptySlot
    this.#indexMismatches.push({ file, expected: indexOffset, found: logOffset })
  }

  timestampMismatch(file: string, indexTimestamp: Int64, logTimestamp: Int64): void {
    this.hasFaults = true
    this.#timestampMismatches.push({ file, expected: indexTimestamp, found: logTimestamp })
  }

  outOfOrder(file: string, timestamp: Int64, previous: Int64): void {
    this.hasFaults = true
    this.#unordered.push({ file, expected: timestamp, found: previous })
  }

  /** No batch ends at the offset of a time index; -1 when there is none after it either. */
  offsetNotFound(file: string, indexOffset: Int64, logOffset: Int64, isEmptySlot = false): void {
    this.hasFaults ||= !isEmptySlot
    this.#missing.push({ file, expected: indexOffset, found: logOffset })
  }

  nonConsecutive(file: string, previous: Int64, next: Int64): void {
    this.#gaps.push({ file, expected: previous, found: next })
  }

  /** Kafka's sentences, in its order. */
  lines(): string[] {
    const mismatches = [...this.#indexMismatches].sort((a, b) => compareInt64(b.expected, a.expected))
    return [
      ...grouped(
        mismatches,
        (file) => `Mismatches in :${file}`,
        (pair) => `  Index offset: ${pair.expected}, log offset: ${pair.found}`,
      ),
      ...grouped(
        this.#timestampMismatches,
        (file) => `Found timestamp mismatch in :${file}`,
        (pair) => `  Index timestamp: ${pair.expected}, log timestamp: ${pair.found}`,
      ),
      ...grouped(
        this.#unordered,
        (file) => `Found out of order timestamp in :${file}`,
        (pair) => `  Index timestamp: ${pair.expected}, Previously indexed timestamp: ${pair.found}`,
      ),
      ...grouped(
        this.#missing,
        (file) => `The following indexed offsets are not found in :${file}`,
        (pair) => `Indexed offset: ${pair.expected}, found log offset: ${pair.found}`,
      ),
      ...grouped(
        this.#gaps,
        (file) => `Non-consecutive offsets in ${file}`,
        (pair) => `  ${pair.expected} is followed by ${pair.found}`,
      ),
    ]
  }
}

function grouped(
  pairs: readonly Pair[],
  heading: (file: string) => string,
  line: (pair: Pair) => string,
): string[] {
  const files = [...new Set(pairs.map(({ file }) => file))]
  return files.flatMap((file) => [heading(file), ...pairs.filter((pair) => pair.file === file).map(line)])
}
