import type { Cluster } from '../../client/cluster.ts'
import { itemError } from '../../protocol/errors.ts'
import { IncrementalAlterConfigs } from '../../protocol/messages/configs.ts'
import { CreatePartitions, CreateTopics } from '../../protocol/messages/topics.ts'
import { Failure } from '../failures.ts'
import { RESOURCE_TYPES } from '../kafka/resource-configs.ts'
import { removeTopics } from '../topics/remove.ts'
import { nameOf, type TopicChange } from './plan.ts'

/** IncrementalAlterConfigs: AlterConfigOp.OpType. */
const [SET, DELETE] = [0, 1]
/** The broker's default. */
const DEFAULT = -1

/** What became of each change: null when it was made. */
export type Outcomes = ReadonlyMap<TopicChange, Error | null>

/** Makes the changes, or asks the brokers whether they would; what fails, fails for its topic alone. */
export async function makeChanges(
  cluster: Cluster,
  changes: readonly TopicChange[],
  { validateOnly }: { readonly validateOnly: boolean },
): Promise<Outcomes> {
  const errors = new Map<string, Error>()
  const note = (name: string, error: Error | undefined): void => {
    if (error && !errors.has(name))
      errors.set(name, new Failure(`topic '${name}': ${error.message}`, { cause: error }))
  }
  await createAll(cluster, changes, validateOnly, note)
  await extendAll(cluster, changes, validateOnly, note)
  await configureAll(cluster, changes, validateOnly, note)
  if (!validateOnly) await deleteAll(cluster, changes, note)
  return new Map(changes.map((change) => [change, errors.get(nameOf(change)) ?? null]))
}

type Note = (name: string, error: Error | undefined) => void

async function createAll(
  cluster: Cluster,
  changes: readonly TopicChange[],
  validateOnly: boolean,
  note: Note,
): Promise<void> {
  const topics = changes.flatMap((change) => (change.action === 'create' ? [change.topic] : []))
  if (topics.length === 0) return
  const answer = await cluster.request(
    CreateTopics,
    {
      topics: topics.map(({ name, partitions, replicationFactor, configs }) => ({
        name,
        numPartitions: partitions ?? DEFAULT,
        replicationFactor: replicationFactor ?? DEFAULT,
        assignments: [],
        configs: [...(configs ?? [])].map(([key, value]) => ({ name: key, value })),
      })),
      timeoutMs: cluster.requestTimeoutMs,
      validateOnly,
    },
    { node: 'controller' },
  )
  for (const topic of answer.topics) note(topic.name, itemError(topic))
}

async function extendAll(
  cluster: Cluster,
  changes: readonly TopicChange[],
  validateOnly: boolean,
  note: Note,
): Promise<void> {
  const topics = changes.flatMap((change) =>
    change.action === 'alter' && change.partitions
      ? [{ name: change.name, count: change.partitions.to, assignments: null }]
      : [],
  )
  if (topics.length === 0) return
  const answer = await cluster.request(
    CreatePartitions,
    { topics, timeoutMs: cluster.requestTimeoutMs, validateOnly },
    { node: 'controller' },
  )
  for (const result of answer.results) note(result.name, itemError(result))
}

async function configureAll(
  cluster: Cluster,
  changes: readonly TopicChange[],
  validateOnly: boolean,
  note: Note,
): Promise<void> {
  const resources = changes.flatMap((change) =>
    change.action === 'alter' && change.configs.length > 0
      ? [
          {
            resourceType: RESOURCE_TYPES.topic,
            resourceName: change.name,
            configs: change.configs.map(({ name, to }) => ({
              name,
              configOperation: to === null ? DELETE : SET,
              value: to,
            })),
          },
        ]
      : [],
  )
  if (resources.length === 0) return
  const answer = await cluster.request(
    IncrementalAlterConfigs,
    { resources, validateOnly },
    { node: 'controller' },
  )
  for (const result of answer.responses) note(result.resourceName, itemError(result))
}

async function deleteAll(cluster: Cluster, changes: readonly TopicChange[], note: Note): Promise<void> {
  for (const change of changes) {
    if (change.action !== 'delete') continue
    try {
      await removeTopics(cluster, [change.name])
    } catch (error) {
      if (!(error instanceof Error)) throw error
      note(change.name, error)
    }
  }
}
