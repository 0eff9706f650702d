import { maxInt64 } from '../../bytes/int64.ts'
import type { Listing } from '../output/listing.ts'
import type { CopyProgress, CopyRange } from './copier.ts'
import type { TopicPlace } from './copy-state.ts'

/** A row for each partition: what was copied; what is to be copied where nothing was begun. */
export function copyListing(
  from: TopicPlace,
  to: TopicPlace,
  ranges: readonly CopyRange[],
  progress: ReadonlyMap<number, CopyProgress>,
): Listing {
  const items = ranges.map(({ partition, next, until }) => ({
    topic: from.topic,
    partition,
    toTopic: to.topic,
    from: next,
    until: progress.get(partition)?.next ?? maxInt64(next, until),
    copied: progress.get(partition)?.acknowledged ?? 0,
  }))
  return {
    text: () =>
      items
        .map(
          (row) =>
            `${row.topic}-${row.partition}: ${row.copied} records copied, offsets ${row.from} to ${row.until}\n`,
        )
        .join(''),
    items,
    columns: ['topic', 'partition', 'toTopic', 'from', 'until', 'copied'],
    names: () => [to.topic],
  }
}
