import type { Cluster } from '../../client/cluster.ts'
import type { FetchSettings } from '../../client/fetch/fetch-config.ts'
import type { TopicMetadata } from '../../client/metadata.ts'
import type { TopicPartition } from '../../client/topic-partition.ts'
import { KafkaError } from '../../protocol/errors.ts'
import { closest } from '../did-you-mean.ts'
import { Failure } from '../failures.ts'
import { javaMatcher } from '../patterns/names.ts'

/** Finds the partitions to read as they are now; none when there is no such topic yet. */
export type Selection = (cluster: Cluster) => Promise<TopicPartition[]>

const NO_TOPIC = ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE']

/**
 * One topic, or one partition of it; Failure when it does not exist. Only where allow.auto.create.topics is set, the
 * broker may create it, and it is waited for; `onMissing` is called before.
 */
export function selectTopic(
  name: string,
  partition: number | undefined,
  settings: Pick<FetchSettings, 'allow.auto.create.topics'>,
  onMissing?: () => void,
): Selection {
  if (name === '') {
    const what =
      partition === undefined ? 'Topic collection to subscribe' : 'Topic partitions collection to assign'
    throw new Failure(`${what} to cannot contain null or empty topic`)
  }
  const mayCreate = settings['allow.auto.create.topics']
  let wasFound = false
  return async (cluster) => {
    const find = async (allowAutoTopicCreation: boolean) =>
      (await cluster.topics([name], { refresh: true, allowAutoTopicCreation })).get(name)
    let topic = await find(false)
    if (isMissing(topic) && mayCreate) {
      onMissing?.()
      topic = await find(true)
    }
    if (isMissing(topic) && !mayCreate && !wasFound) topic = await findInList(cluster, name)
    if (topic === undefined || NO_TOPIC.includes(topic.error)) return []
    checkTopic(topic)
    // A topic that is deleted while it is read may be created again.
    wasFound = true
    const partitions = partitionsOf(topic)
    if (partition === undefined) return partitions
    const chosen = partitions.filter((found) => found.partition === partition)
    if (chosen.length > 0) return chosen
    const has = partitions.length === 1 ? 'only partition 0' : `only partitions 0 to ${partitions.length - 1}`
    throw new Failure(`Topic ${name} has no partition ${partition}, ${has}`)
  }
}

const isMissing = (topic: TopicMetadata | undefined): boolean =>
  topic === undefined || topic.error === 'UNKNOWN_TOPIC_OR_PARTITION'

/** The topic as the list of all topics has it, perhaps from another broker; Failure when that has no such topic. */
async function findInList(cluster: Cluster, name: string): Promise<TopicMetadata> {
  const all = await cluster.allTopics()
  const found = all.get(name)
  if (found !== undefined) return found
  const near = closest(name, all.keys())
  // Differs: Kafka's consumers let the broker create the topic, or wait for it; here reading never creates a topic.
  throw new Failure(`Topic '${name}' does not exist`, {
    code: 'UNKNOWN_TOPIC_OR_PARTITION',
    hint:
      near === undefined
        ? `ktool topics --create --topic ${name} creates it; with the consumer property allow.auto.create.topics=true the broker may`
        : `did you mean ${near}?`,
    // The tools wait for records until their time is up.
    kafkaExit: 0,
  })
}

/** The topics whose whole name matches, internal ones left out. */
export async function selectPattern(pattern: string): Promise<Selection> {
  const matches = await javaMatcher(pattern)
  return async (cluster) =>
    [...(await cluster.allTopics()).values()]
      .filter((topic) => !topic.isInternal && topic.error === 'NONE' && matches(topic.name))
      .flatMap(partitionsOf)
}

const partitionsOf = ({ name, partitions }: TopicMetadata): TopicPartition[] =>
  partitions.map(({ partition }) => ({ topic: name, partition }))

function checkTopic({ name, error }: TopicMetadata): void {
  if (error === 'NONE') return
  if (error === 'INVALID_TOPIC_EXCEPTION') throw new Failure(`Invalid topics: [${name}]`, { code: error })
  if (error === 'TOPIC_AUTHORIZATION_FAILED') {
    throw new Failure(`Not authorized to access topics: [${name}]`, { code: error })
  }
  throw new KafkaError(error)
}
