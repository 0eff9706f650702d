import { type Int64, subtractInt64 } from '../../bytes/int64.ts'
import type { Listing } from '../output/listing.ts'
import { padded, widest } from './padded.ts'

export interface ResetRow {
  readonly group: string
  readonly topic: string
  readonly partition: number
  /** Null when nothing was committed. */
  readonly currentOffset: Int64 | null
  readonly newOffset: Int64
  readonly error: Error | null
}

const COLUMNS = ['group', 'topic', 'partition', 'currentOffset', 'newOffset', 'difference', 'error'] as const

/** What `--reset-offsets` prints about these groups; streams-groups has columns of a fixed width. */
export function resetListing(
  rows: readonly ResetRow[],
  groups: readonly string[],
  fixedWidths?: readonly number[],
): Listing {
  const text = (): string => {
    const topicWidth = widest(
      15,
      rows.map(({ topic }) => topic),
    )
    const widths = fixedWidths ?? [widest(15, groups), topicWidth, 10]
    const lines = [
      ...(groups.length > 0 ? [['GROUP', 'TOPIC', 'PARTITION', 'NEW-OFFSET']] : []),
      ...rows.map(({ group, topic, partition, newOffset }) => [group, topic, partition, newOffset]),
    ]
    return `${lines.map((line) => `\n${padded(line, widths)}`).join('')}\n`
  }
  return {
    text,
    columns: COLUMNS,
    items: rows.map(({ group, topic, partition, currentOffset, newOffset, error }) => ({
      group,
      topic,
      partition,
      currentOffset,
      newOffset,
      difference: currentOffset === null ? null : subtractInt64(newOffset, currentOffset),
      error: error?.message ?? null,
    })),
    names: () => [...new Set(rows.map(({ group }) => group))],
  }
}
