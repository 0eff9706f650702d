import type { Cluster } from '../../client/cluster.ts'
import type { TopicMetadata } from '../../client/metadata.ts'
import type { Context } from '../context.ts'
import { Failure, UsageError } from '../failures.ts'
import { currentTopics } from '../manifest/current.ts'
import { plural } from '../output/plural.ts'
import { makeTopic } from '../topics/make.ts'
import type { TopicPlace } from './copy-state.ts'

/** One end of a copy. */
export interface Side extends TopicPlace {
  readonly cluster: Cluster
}

export async function sideOf(cluster: Cluster, topic: string): Promise<Side> {
  await cluster.brokers()
  return { cluster, topic, clusterId: cluster.metadata.clusterId ?? '' }
}

export async function sourceTopic({ cluster, topic }: Side): Promise<TopicMetadata> {
  const found = (await cluster.topics([topic])).get(topic)
  if (found?.error === 'NONE') return found
  throw new Failure(`ktool copy: topic '${topic}' is not there to be copied: ${found?.error}`)
}

export function requireTwo(from: Side, to: Side): void {
  if (from.topic !== to.topic || from.clusterId !== to.clusterId) return
  throw new UsageError(`topic '${from.topic}' cannot be copied to itself`, {
    hint: 'name another with --to-topic, or another cluster with --to-context',
  })
}

/**
 * The number of partitions of the target, which is made like the source when it is not there; null in a dry run that
 * would make it.
 */
export async function preparedTarget(
  from: Side,
  to: Side,
  source: TopicMetadata,
  { dryRun }: { readonly dryRun: boolean },
  context: Context,
): Promise<number | null> {
  const known = (await to.cluster.topics([to.topic])).get(to.topic)
  if (known?.error === 'NONE') return known.partitions.length
  const [spec] = await currentTopics(from.cluster, [source])
  const configs = [...(spec?.configs ?? [])].map(([name, value]) => ({ name, value }))
  const partitions = source.partitions.length
  const error = await makeTopic(to.cluster, { name: to.topic, partitions, configs }, { validateOnly: dryRun })
  if (error && error.code !== 'TOPIC_ALREADY_EXISTS') throw error
  context.say(
    `${dryRun ? 'dry run: would make' : 'made'} topic ${to.topic} with ${plural(partitions, 'partition')}, like ${from.topic}`,
  )
  return dryRun ? null : partitions
}
