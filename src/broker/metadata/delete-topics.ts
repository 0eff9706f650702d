import { ZERO_UUID } from '../../bytes/uuid.ts'
import { KafkaError } from '../../protocol/errors.ts'
import type { MetadataImage, TopicState } from './image.ts'

/** A topic to delete, named or given by id; the name is null then. */
export interface DeletionRequest {
  readonly name: string | null
  readonly topicId: string
}

interface RefusedDeletion {
  readonly request: DeletionRequest
  readonly error: KafkaError
}

/** The topic that is meant; throws the KafkaError that says why it cannot be deleted. */
export function findDoomedTopic({ name, topicId }: DeletionRequest, image: MetadataImage): TopicState {
  const hasId = topicId !== ZERO_UUID
  if (name !== null && hasId) {
    throw new KafkaError('INVALID_REQUEST', 'You may not specify both topic name and topic id.')
  }
  if (name === null && !hasId) {
    throw new KafkaError('INVALID_REQUEST', 'Neither topic name nor id were specified.')
  }
  const topic = name === null ? image.topicsById.get(topicId) : image.topics.get(name)
  if (topic) return topic
  throw new KafkaError(hasId ? 'UNKNOWN_TOPIC_ID' : 'UNKNOWN_TOPIC_OR_PARTITION')
}

/** Separates topics that are asked for once from those asked for again, by the same name, id, or one of each. */
export function repeatedDeletions(
  requests: readonly DeletionRequest[],
  image: MetadataImage,
): { single: DeletionRequest[]; refused: RefusedDeletion[] } {
  const counts = new Map<string, number>()
  const keyOf = ({ name, topicId }: DeletionRequest) => `${name ?? ''}/${topicId}`
  for (const request of requests) counts.set(keyOf(request), (counts.get(keyOf(request)) ?? 0) + 1)
  const single: DeletionRequest[] = []
  const refused: RefusedDeletion[] = []
  const refuse = (request: DeletionRequest, problem: string) =>
    refused.push({ request, error: new KafkaError('INVALID_REQUEST', problem) })
  for (const request of requests) {
    const count = counts.get(keyOf(request))
    if (count === undefined) continue
    counts.delete(keyOf(request))
    const isNothing = request.name === null && request.topicId === ZERO_UUID
    if (count === 1 || isNothing) single.push(request)
    else refuse(request, request.name === null ? 'Duplicate topic id.' : 'Duplicate topic name.')
  }
  return { single: single.filter((request) => !isGivenTwice(request, single, image, refuse)), refused }
}

/** Whether the topic is named here and given by id elsewhere in the list; the one by id is dropped, the name refused. */
function isGivenTwice(
  request: DeletionRequest,
  all: readonly DeletionRequest[],
  image: MetadataImage,
  refuse: (request: DeletionRequest, problem: string) => void,
): boolean {
  const byId = (id: string) => all.some((other) => other.name === null && other.topicId === id)
  if (request.name !== null && request.topicId === ZERO_UUID) {
    const id = image.topics.get(request.name)?.id
    if (id === undefined || !byId(id)) return false
    refuse(
      { name: request.name, topicId: id },
      'The provided topic name maps to an ID that was already supplied.',
    )
    return true
  }
  const name = image.topicsById.get(request.topicId)?.name
  return request.name === null && name !== undefined && all.some((other) => other.name === name)
}
