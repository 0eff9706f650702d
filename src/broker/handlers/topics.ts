// Creating, deleting and enlarging topics. A failure concerns one topic: the others of the request go through.

import { ZERO_UUID } from '../../bytes/uuid.ts'
import { inSlices, type Work, waitFor } from '../../log/slices.ts'
import { errorCode, KafkaError } from '../../protocol/errors.ts'
import { RemoveTopicRecord } from '../../protocol/messages/stored-metadata.ts'
import { CreatePartitions, CreateTopics, DeleteTopics } from '../../protocol/messages/topics.ts'
import type { ResponseOf } from '../../protocol/schema.ts'
import { CONFIG_SOURCES } from '../config/config-source.ts'
import { describeNewTopic } from '../config/described.ts'
import { handle } from '../handle.ts'
import type { Controller } from '../metadata/controller.ts'
import { type MorePartitions, planPartitions } from '../metadata/create-partitions.ts'
import { checkPartitionTotal, type NewTopic, type PlannedTopic, planTopic } from '../metadata/create-topic.ts'
import { type DeletionRequest, findDoomedTopic, repeatedDeletions } from '../metadata/delete-topics.ts'
import { type MetadataRecord, metadataRecord } from '../metadata/record.ts'
import type { Services } from '../services.ts'

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
  const seen = new Set<string>()
  const repeated = new Set<string>()
  for (const { name } of topics) {
    if (seen.has(name)) repeated.add(name)
    seen.add(name)
  }
  return repeated
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
  run: ({ topics, validateOnly }, { broker: { controller } }) =>
    inSlices(controller.changeTopics(() => createAll(topics, validateOnly, controller))),
  refuse: (error, { topics }) => ({ topics: topics.map(({ name }) => uncreated(name, error)) }),
})

function* createAll(
  topics: readonly NewTopic[],
  validateOnly: boolean,
  controller: Controller,
): Work<ResponseOf<typeof CreateTopics>> {
  const repeated = repeatedNames(topics)
  const wanted = topics.filter(({ name }) => !repeated.has(name))
  checkPartitionTotal(wanted, controller)
  const duplicate = new KafkaError('INVALID_REQUEST', DUPLICATE_NAME)
  const records: MetadataRecord[] = []
  const results: CreatedTopic[] = []
  for (const topic of wanted) {
    const result = orRefused(
      () => {
        const plan = planTopic(topic, controller)
        for (const record of plan.records) records.push(record)
        return created(plan, controller)
      },
      (error) => uncreated(topic.name, error),
    )
    results.push(result)
    yield
  }
  if (!validateOnly) yield* controller.commitInSlices(records)
  return { topics: [...results, ...Array.from(repeated, (name) => uncreated(name, duplicate))] }
}

const undeleted = ({ name, topicId }: DeletionRequest, { code, message }: KafkaError): DeletedTopic => ({
  name,
  topicId,
  errorCode: errorCode(code),
  errorMessage: message,
})

export const deleteTopics = handle(DeleteTopics, {
  run(request, { broker, version }) {
    const { controller } = broker
    if (!controller.config.boolean('delete.topic.enable')) {
      // Clients before version 3 know nothing of a broker that does not delete.
      throw new KafkaError(version < 3 ? 'INVALID_REQUEST' : 'TOPIC_DELETION_DISABLED')
    }
    const requests = [...request.topics, ...request.topicNames.map((name) => ({ name, topicId: ZERO_UUID }))]
    return inSlices(controller.changeTopics(() => deleteAll(requests, broker)))
  },
  refuse: (error, { topics, topicNames }) => ({
    responses: [
      ...topics.map((topic) => undeleted(topic, error)),
      ...topicNames.map((name) => undeleted({ name, topicId: ZERO_UUID }, error)),
    ],
  }),
})

function* deleteAll(
  requests: readonly DeletionRequest[],
  { controller, logs }: Pick<Services, 'controller' | 'logs'>,
): Work<ResponseOf<typeof DeleteTopics>> {
  const { single, refused } = repeatedDeletions(requests, controller.image)
  const records: MetadataRecord[] = []
  const results: DeletedTopic[] = []
  for (const topic of single) {
    const result = orRefused<DeletedTopic>(
      () => {
        const { name, id } = findDoomedTopic(topic, controller.image)
        records.push(metadataRecord(RemoveTopicRecord, { topicId: id }))
        return { name, topicId: id, errorCode: 0 }
      },
      (error) => undeleted(topic, error),
    )
    results.push(result)
    yield
  }
  yield* controller.commitInSlices(records)
  // A topic of the same name needs the folders.
  if (logs.removals !== null) yield* waitFor(logs.removals)
  return {
    responses: [...refused.map(({ request: repeated, error }) => undeleted(repeated, error)), ...results],
  }
}

const unenlarged = (name: string, { code, message }: KafkaError): EnlargedTopic => ({
  name,
  errorCode: errorCode(code),
  // Kafka says nothing beyond the code about a topic it does not know.
  errorMessage: code === 'UNKNOWN_TOPIC_OR_PARTITION' ? null : message,
})

export const createPartitions = handle(CreatePartitions, {
  run: ({ topics, validateOnly }, { broker: { controller } }) =>
    inSlices(controller.changeTopics(() => enlargeAll(topics, validateOnly, controller))),
  refuse: (error, { topics }) => ({ results: topics.map(({ name }) => unenlarged(name, error)) }),
})

function* enlargeAll(
  topics: readonly MorePartitions[],
  validateOnly: boolean,
  controller: Controller,
): Work<ResponseOf<typeof CreatePartitions>> {
  const repeated = repeatedNames(topics)
  const duplicate = new KafkaError('INVALID_REQUEST', DUPLICATE_NAME)
  const records: MetadataRecord[] = []
  const results: EnlargedTopic[] = []
  for (const topic of topics) {
    if (repeated.has(topic.name)) continue
    const result = orRefused<EnlargedTopic>(
      () => {
        for (const record of planPartitions(topic, controller)) records.push(record)
        return { name: topic.name, errorCode: 0, errorMessage: null }
      },
      (error) => unenlarged(topic.name, error),
    )
    results.push(result)
    yield
  }
  if (!validateOnly) yield* controller.commitInSlices(records)
  return { results: [...Array.from(repeated, (name) => unenlarged(name, duplicate)), ...results] }
}
