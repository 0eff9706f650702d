import type { Int64 } from '../../bytes/int64.ts'
import { randomUuid } from '../../bytes/uuid.ts'
import type { Cluster } from '../../client/cluster.ts'
import type { FetchSettings } from '../../client/fetch/fetch-config.ts'
import type { FetchedRecords } from '../../client/fetch/fetched-records.ts'
import type { GroupSettings } from '../../client/groups/group-config.ts'
import { GroupConsumer, type GroupTopics } from '../../client/groups/group-consumer.ts'
import type { TopicPartition } from '../../client/topic-partition.ts'
import type { Context } from '../context.ts'
import type { Selection } from './selection.ts'

export interface GroupReaderOptions {
  readonly group: GroupSettings
  readonly fetch: FetchSettings
  /** The one topic to read; left out when the selection goes by a pattern. */
  readonly topic: string | undefined
  readonly selection: Selection
  readonly onAssigned?: ((partitions: readonly TopicPartition[]) => void) | undefined
  readonly onRevoked?: ((partitions: readonly TopicPartition[]) => void) | undefined
  /** The offset up to which the records that were read last are used; left out, by the next read. */
  readonly usedUpTo?: ((records: FetchedRecords) => Int64 | null) | undefined
}

/** Reads the chosen topics as a member of a group. */
export function openGroupReader(
  cluster: Cluster,
  { group, fetch, topic, selection, onAssigned, onRevoked, usedUpTo }: GroupReaderOptions,
  context: Context,
): GroupConsumer {
  const topics = async (): Promise<GroupTopics> => {
    const found = [...new Set((await selection(cluster)).map((partition) => partition.topic))]
    return { names: topic === undefined ? found : [topic], isIncomplete: found.length === 0 }
  }
  return new GroupConsumer(cluster, {
    group,
    fetch,
    topics,
    onAssigned,
    onRevoked,
    usedUpTo,
    memberId: randomUuid((size) => context.io.randomBytes(size)),
    onCommitFailure: (error) => context.say(`WARN: the offsets were not committed: ${error.message}`),
  })
}
