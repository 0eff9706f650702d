// Creating, deleting and enlarging topics. A failure concerns one topic: the others of the request go through.

import { ZERO_UUID } from '../../bytes/uuid.ts'
import { errorCode, KafkaError } from '../../protocol/errors.ts'
import { RemoveTopicRecord } from '../../protocol/messages/stored-metadata.ts'
import { CreatePartitions, CreateTopics, DeleteTopics } from '../../protocol/messages/topics.ts'
import type { ResponseOf } from '../../protocol/schema.ts'
import { CONFIG_SOURCES } from '../config/config-source.ts'
import { describeNewTopic } from '../config/described.ts'
import { handle } from '../handle.ts'
import type { Controller } from '../metadata/controller.ts'
import { planPartitions } from '../metadata/create-partitions.ts'
import { checkPartitionTotal, type PlannedTopic, planTopic } from '../metadata/create-topic.ts'
import { type DeletionRequest, findDoomedTopic, repeatedDeletions } from '../metadata/delete-topics.ts'
import { type MetadataRecord, metadataRecord } from '../metadata/record.ts'

type CreatedTopic = ResponseOf<typeof CreateTopics>['topics'][number]
type EnlargedTopic = ResponseOf<typeof CreatePartitions>['results'][number]
type DeletedTopic = ResponseOf<typeof DeleteTopics>['responses'][number]

const DUPLICATE_NAME = 'Duplicate topic name.'

/** Runs `attempt`; a KafkaError, which concerns the one item at hand, becomes what `refused` makes of it. */
function orRefused<T>(attempt: () => T, refused: (error: KafkaError) => T): T {
  try {
    return attempt()
  } catch (error) {
    if (error instanceof KafkaError) return refused(error)
    throw error
  }
}

/** Names that stand in the list more than once. */
function repeatedNames(topics: readonly { name: string }[]): Set<string> {
  const names = topics.map(({ name }) => name)
  return new Set(names.filter((name, index) => names.indexOf(name) !== index))
}

const uncreated = (name: string, { code, message }: KafkaError): CreatedTopic => ({
  name,
  errorCode: errorCode(code),
  errorMessage: message,
  configs: [],
})

const created = ({ name, id, replicas, configs }: PlannedTopic, { config }: Controller): CreatedTopic => ({
  name,
  topicId: id,
  errorCode: 0,
  errorMessage: null,
  numPartitions: replicas.length,
  replicationFactor: replicas[0]?.length ?? 0,
  configs: describeNewTopic(configs, config).map(({ source, ...entry }) => ({
    ...entry,
    readOnly: false,
    configSource: CONFIG_SOURCES[source],
    isSensitive: false,
  })),
})

export const createTopics = handle(CreateTopics, {
  run({ topics, validateOnly }, { broker: { controller } }) {
    const repeated = repeatedNames(topics)
    const wanted = topics.filter(({ name }) => !repeated.has(name))
    checkPartitionTotal(wanted, controller)
    const duplicate = new KafkaError('INVALID_REQUEST', DUPLICATE_NAME)
    const records: MetadataRecord[] = []
    const results = wanted.map((topic) =>
      orRefused(
        () => {
          const plan = planTopic(topic, controller)
          records.push(...plan.records)
          return created(plan, controller)
        },
        (error) => uncreated(topic.name, error),
      ),
    )
    if (!validateOnly) controller.commit(records)
    return { topics: [...results, ...Array.from(repeated, (name) => uncreated(name, duplicate))] }
  },
  refuse: (error, { topics }) => ({ topics: topics.map(({ name }) => uncreated(name, error)) }),
})

const undeleted = ({ name, topicId }: DeletionRequest, { code, message }: KafkaError): DeletedTopic => ({
  name,
  topicId,
  errorCode: errorCode(code),
  errorMessage: message,
})

export const deleteTopics = handle(DeleteTopics, {
  run(request, { broker: { controller }, version }) {
    if (!controller.config.boolean('delete.topic.enable')) {
      // Clients before version 3 know nothing of a broker that does not delete.
      throw new KafkaError(version < 3 ? 'INVALID_REQUEST' : 'TOPIC_DELETION_DISABLED')
    }
    const requests = [...request.topics, ...request.topicNames.map((name) => ({ name, topicId: ZERO_UUID }))]
    const { single, refused } = repeatedDeletions(requests, controller.image)
    const records: MetadataRecord[] = []
    const results = single.map((topic) =>
      orRefused<DeletedTopic>(
        () => {
          const { name, id } = findDoomedTopic(topic, controller.image)
          records.push(metadataRecord(RemoveTopicRecord, { topicId: id }))
          return { name, topicId: id, errorCode: 0 }
        },
        (error) => undeleted(topic, error),
      ),
    )
    controller.commit(records)
    return {
      responses: [...refused.map(({ request: repeated, error }) => undeleted(repeated, error)), ...results],
    }
  },
  refuse: (error, { topics, topicNames }) => ({
    responses: [
      ...topics.map((topic) => undeleted(topic, error)),
      ...topicNames.map((name) => undeleted({ name, topicId: ZERO_UUID }, error)),
    ],
  }),
})

const unenlarged = (name: string, { code, message }: KafkaError): EnlargedTopic => ({
  name,
  errorCode: errorCode(code),
  // Kafka says nothing beyond the code about a topic it does not know.
  errorMessage: code === 'UNKNOWN_TOPIC_OR_PARTITION' ? null : message,
})

export const createPartitions = handle(CreatePartitions, {
  run({ topics, validateOnly }, { broker: { controller } }) {
    const repeated = repeatedNames(topics)
    const duplicate = new KafkaError('INVALID_REQUEST', DUPLICATE_NAME)
    const records: MetadataRecord[] = []
    const results = topics
      .filter(({ name }) => !repeated.has(name))
      .map((topic) =>
        orRefused<EnlargedTopic>(
          () => {
            records.push(...planPartitions(topic, controller))
            return { name: topic.name, errorCode: 0, errorMessage: null }
          },
          (error) => unenlarged(topic.name, error),
        ),
      )
    if (!validateOnly) controller.commit(records)
    return { results: [...Array.from(repeated, (name) => unenlarged(name, duplicate)), ...results] }
  },
  refuse: (error, { topics }) => ({ results: topics.map(({ name }) => unenlarged(name, error)) }),
})
