// What can be waited for: each condition asks the cluster once, and says in words how things stand.

import type { Int64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import { fetchCommitted } from '../../client/groups/committed-offsets.ts'
import { describeConsumerGroups } from '../../client/groups/description.ts'
import { listOffsets, OFFSET_SPECS } from '../../client/offsets.ts'
import type { TopicPartition } from '../../client/topic-partition.ts'
import { KafkaError } from '../../protocol/errors.ts'
import { plural } from '../output/plural.ts'

export interface Standing {
  readonly isMet: boolean
  /** How things stand: `2 of 3 partitions have a leader`. */
  readonly found: string
}

export type Condition = (cluster: Cluster, timeoutMs: number) => Promise<Standing>

/** So many brokers have registered. */
export const brokersAreThere =
  (count: number): Condition =>
  async (cluster, timeoutMs) => {
    const found = (await cluster.brokers({ timeoutMs })).length
    return { isMet: found >= count, found: found === 1 ? '1 broker is there' : `${found} brokers are there` }
  }

/** The topic is there with so many partitions, and each of them has a leader. */
export const topicIsReady =
  (name: string, partitions: number): Condition =>
  async (cluster, timeoutMs) => {
    const topic = (await cluster.topics([name], { refresh: true, timeoutMs })).get(name)!
    if (topic.error === 'UNKNOWN_TOPIC_OR_PARTITION') return { isMet: false, found: 'there is no such topic' }
    if (topic.error !== 'NONE') throw new KafkaError(topic.error)
    const led = topic.partitions.filter(({ leader }) => leader >= 0).length
    const all = topic.partitions.length
    const found =
      led === all ? plural(all, 'partition') : `${led} of ${plural(all, 'partition')} have a leader`
    return { isMet: led === all && all >= partitions, found }
  }

export const topicIsGone =
  (name: string): Condition =>
  async (cluster, timeoutMs) => {
    const { error } = (await cluster.topics([name], { refresh: true, timeoutMs })).get(name)!
    const isMet = error === 'UNKNOWN_TOPIC_OR_PARTITION'
    return { isMet, found: isMet ? 'there is no such topic' : 'the topic is there' }
  }

export interface GroupWish {
  /** The state it is to be in. */
  readonly state: string
  /** How many members it is to have at least. */
  readonly members: number
}

export const groupIsReady =
  (group: string, { state, members }: GroupWish): Condition =>
  async (cluster, timeoutMs) => {
    const found = await askGroup(cluster, group, timeoutMs)
    if (found === null) return { isMet: false, found: 'there is no such group' }
    const isInState = found.state.toLowerCase() === state.toLowerCase()
    return {
      isMet: isInState && found.members.length >= members,
      found: `${found.state}, ${plural(found.members.length, 'member')}`,
    }
  }

export const groupIsGone =
  (group: string): Condition =>
  async (cluster, timeoutMs) => {
    const found = await askGroup(cluster, group, timeoutMs)
    return { isMet: found === null, found: found ? `the group is ${found.state}` : 'there is no such group' }
  }

/** Null when there is none; before Kafka 4.0 a group that nobody knows was described as dead. */
async function askGroup(cluster: Cluster, group: string, timeoutMs: number) {
  const result = (await describeConsumerGroups(cluster, [group], { timeoutMs })).get(group)!
  if (result.error instanceof KafkaError && result.error.code === 'GROUP_ID_NOT_FOUND') return null
  if (result.error) throw result.error
  return result.answer.state === 'Dead' ? null : result.answer
}

/** A place in a partition that is to be reached. */
export interface Mark extends TopicPartition {
  readonly offset: Int64
}

/** The partitions have been written up to their marks: their next offset is the mark or a later one. */
export const offsetsAreWritten =
  (marks: readonly Mark[]): Condition =>
  async (cluster, timeoutMs) => {
    const targets = marks.map((mark) => ({ ...mark, timestamp: OFFSET_SPECS.latest }))
    const results = await listOffsets(cluster, targets, { timeoutMs })
    return compare(results.map(({ target, answer, error }) => reached(target, answer?.offset ?? null, error)))
  }

/** The group has committed up to the marks. */
export const offsetsAreCommitted =
  (group: string, marks: readonly Mark[]): Condition =>
  async (cluster, timeoutMs) => {
    const result = (await fetchCommitted(cluster, [group], { timeoutMs })).get(group)!
    if (result.error) throw result.error
    return compare(
      marks.map((mark) => {
        const committed = result.answer.find(
          ({ topic, partition }) => topic === mark.topic && partition === mark.partition,
        )
        return reached(mark, committed?.offset ?? null, committed?.error ?? null)
      }),
    )
  }

interface Reached {
  readonly isMet: boolean
  readonly text: string
}

function reached({ topic, partition, offset }: Mark, found: Int64 | null, error: Error | null): Reached {
  if (error && !isUnknown(error)) throw error
  const at = found === null || found < 0 ? 'nothing' : found
  return { isMet: found !== null && found >= offset, text: `${topic}:${partition} is at ${at}` }
}

const isUnknown = (error: Error): boolean =>
  error instanceof KafkaError && error.code === 'UNKNOWN_TOPIC_OR_PARTITION'

const compare = (all: readonly Reached[]): Standing => ({
  isMet: all.every(({ isMet }) => isMet),
  found: all.map(({ text }) => text).join(', '),
})
