import type { Cluster } from '../../client/cluster.ts'
import type { TopicMetadata } from '../../client/metadata.ts'
import { itemError } from '../../protocol/errors.ts'
import { CreatePartitions } from '../../protocol/messages/topics.ts'
import type { Context } from '../context.ts'
import { throwFailures } from '../failures.ts'
import { plural } from '../output/plural.ts'
import { tryToRemoveTopics } from './remove.ts'
import type { ChosenTopics } from './select.ts'

export interface MorePartitions {
  readonly partitions: number
  /** The brokers of every partition, of those that are there already as well. */
  readonly replicaAssignment?: readonly (readonly number[])[] | undefined
  readonly dryRun: boolean
}

/** Gives each topic more partitions. */
export async function addPartitions(
  cluster: Cluster,
  topics: readonly TopicMetadata[],
  { partitions, replicaAssignment, dryRun }: MorePartitions,
  context: Context,
): Promise<void> {
  if (topics.length === 0) return
  const answer = await cluster.request(
    CreatePartitions,
    {
      topics: topics.map((topic) => ({
        name: topic.name,
        count: partitions,
        assignments:
          replicaAssignment
            ?.slice(topic.partitions.length)
            .map((brokerIds) => ({ brokerIds: [...brokerIds] })) ?? null,
      })),
      timeoutMs: cluster.requestTimeoutMs,
      validateOnly: dryRun,
    },
    { node: 'controller' },
  )
  throwFailures(answer.results.flatMap((result) => itemError(result) ?? []))
  if (!dryRun) return
  for (const { name } of topics)
    context.say(`dry run: topic ${name} would have ${plural(partitions, 'partition')}`)
}

/** Deletes each topic; those that can be deleted are, whatever becomes of the others. */
export async function deleteTopics(
  cluster: Cluster,
  { topics, isNamed }: ChosenTopics,
  { dryRun }: { readonly dryRun: boolean },
  context: Context,
): Promise<void> {
  const names = topics.map(({ name }) => name)
  if (dryRun) {
    for (const name of names) context.say(`dry run: topic ${name} would be deleted`)
    return
  }
  const failures = await tryToRemoveTopics(cluster, names)
  const deleted = names.filter((name) => !failures.has(name))
  if (!isNamed && deleted.length > 0)
    context.say(`deleted ${plural(deleted.length, 'topic')}: ${deleted.join(', ')}`)
  throwFailures([...failures.values()])
}
