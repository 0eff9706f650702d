import { itemError } from '../../protocol/errors.ts'
import { StreamsGroupDescribe } from '../../protocol/messages/streams-groups.ts'
import type { DecodedResponseOf } from '../../protocol/schema.ts'
import type { Cluster } from '../cluster.ts'
import type { TopicPartition } from '../topic-partition.ts'
import { answered, askCoordinators, failed, type GroupResult } from './coordinated.ts'

/** Tasks of one part of a topology: a task for each partition. */
export interface StreamsTasks {
  readonly subtopologyId: string
  readonly partitions: readonly number[]
}

export interface StreamsAssignment {
  readonly activeTasks: readonly StreamsTasks[]
  readonly standbyTasks: readonly StreamsTasks[]
  readonly warmupTasks: readonly StreamsTasks[]
}

export interface StreamsMember {
  readonly memberId: string
  readonly instanceId: string | null
  readonly rackId: string | null
  readonly clientId: string
  /** As the broker tells it, with a slash in front. */
  readonly host: string
  readonly processId: string
  readonly epoch: number
  readonly topologyEpoch: number
  readonly isClassic: boolean
  readonly assignment: StreamsAssignment
  readonly targetAssignment: StreamsAssignment
}

/** A part of a topology with the topics that it reads and keeps. */
export interface Subtopology {
  readonly subtopologyId: string
  readonly sourceTopics: readonly string[]
  readonly repartitionSourceTopics: readonly string[]
  readonly changelogTopics: readonly string[]
}

export interface StreamsGroupDescription {
  readonly groupId: string
  readonly type: 'Streams'
  readonly state: string
  readonly coordinatorId: number
  readonly groupEpoch: number
  readonly targetAssignmentEpoch: number
  /** Null while the group has no topology. */
  readonly topologyEpoch: number | null
  readonly subtopologies: readonly Subtopology[]
  readonly members: readonly StreamsMember[]
}

type Described = DecodedResponseOf<typeof StreamsGroupDescribe>['groups'][number]

/** Streams groups; a group that is none, or that nobody knows, has the error GROUP_ID_NOT_FOUND. */
export function describeStreamsGroups(
  cluster: Cluster,
  groups: readonly string[],
  options: { readonly timeoutMs?: number | undefined } = {},
): Promise<Map<string, GroupResult<StreamsGroupDescription>>> {
  return askCoordinators(
    cluster,
    groups,
    async (node, asked, deadline) => {
      const body = { groupIds: [...asked], includeAuthorizedOperations: false }
      const answer = await cluster.requestOnce(StreamsGroupDescribe, body, { node, deadline })
      return new Map(
        answer.groups.map((group) => {
          const error = itemError(group)
          return [group.groupId, error ? failed(error) : answered(readGroup(group, node))]
        }),
      )
    },
    options,
  )
}

const readGroup = (group: Described, coordinatorId: number): StreamsGroupDescription => ({
  groupId: group.groupId,
  type: 'Streams',
  state: group.groupState,
  coordinatorId,
  groupEpoch: group.groupEpoch,
  targetAssignmentEpoch: group.assignmentEpoch,
  topologyEpoch: group.topology?.epoch ?? null,
  subtopologies: (group.topology?.subtopologies ?? []).map((part) => ({
    subtopologyId: part.subtopologyId,
    sourceTopics: part.sourceTopics,
    repartitionSourceTopics: part.repartitionSourceTopics.map(({ name }) => name),
    changelogTopics: part.stateChangelogTopics.map(({ name }) => name),
  })),
  members: group.members.map((member) => ({
    memberId: member.memberId,
    instanceId: member.instanceId,
    rackId: member.rackId,
    clientId: member.clientId,
    host: member.clientHost,
    processId: member.processId,
    epoch: member.memberEpoch,
    topologyEpoch: member.topologyEpoch,
    isClassic: member.isClassic,
    assignment: member.assignment,
    targetAssignment: member.targetAssignment,
  })),
})

/** The topics that a group reads: those of others, and those that it repartitions into. */
export const sourceTopicsOf = ({ subtopologies }: StreamsGroupDescription): Set<string> =>
  new Set(
    subtopologies.flatMap(({ sourceTopics, repartitionSourceTopics }) => [
      ...sourceTopics,
      ...repartitionSourceTopics,
    ]),
  )

/** The topics of others that a group reads. */
export const inputTopicsOf = ({ subtopologies }: StreamsGroupDescription): Set<string> =>
  new Set(subtopologies.flatMap(({ sourceTopics }) => sourceTopics))

/** The partitions that the active tasks of all members read. */
export function activePartitions({ subtopologies, members }: StreamsGroupDescription): TopicPartition[] {
  const topicsOf = new Map(
    subtopologies.map(({ subtopologyId, sourceTopics, repartitionSourceTopics }) => [
      subtopologyId,
      [...sourceTopics, ...repartitionSourceTopics],
    ]),
  )
  return members.flatMap(({ assignment }) =>
    assignment.activeTasks.flatMap(({ subtopologyId, partitions }) =>
      (topicsOf.get(subtopologyId) ?? []).flatMap((topic) =>
        partitions.map((partition) => ({ topic, partition })),
      ),
    ),
  )
}

const INTERNAL_ENDS = [
  '-changelog',
  '-repartition',
  '-subscription-registration-topic',
  '-subscription-response-topic',
]

/** Whether a topic looks like one that an application of this id made for itself. */
export const isInternalTopicOf = (topic: string, applicationId: string): boolean =>
  topic.startsWith(`${applicationId}-`) &&
  (INTERNAL_ENDS.some((end) => topic.endsWith(end)) ||
    /.-KTABLE-FK-JOIN-SUBSCRIPTION-(REGISTRATION|RESPONSE)-\d+-topic$/.test(topic))
