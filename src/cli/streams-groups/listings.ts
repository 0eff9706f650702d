import type { Int64 } from '../../bytes/int64.ts'
import type {
  StreamsAssignment,
  StreamsGroupDescription,
  StreamsMember,
  StreamsTasks,
} from '../../client/groups/streams-groups.ts'
import { orDash, padded, widest } from '../groups/padded.ts'
import {
  type EpochStateLayout,
  epochStateLines,
  type GroupState,
  statesAs,
} from '../groups/states-listing.ts'
import type { Listing, Row } from '../output/listing.ts'

/** How far a streams group is in a partition. */
export interface StreamsOffset {
  readonly topic: string
  readonly partition: number
  /** Null when nothing is committed. */
  readonly currentOffset: Int64 | null
  readonly leaderEpoch: number | null
  /** Null when it cannot be told. */
  readonly logEndOffset: Int64 | null
  /** From the start of the partition where nothing is committed. */
  readonly lag: Int64 | null
  /** Whether a member has an active task for it; Kafka's text has no other partitions. */
  readonly isActive: boolean
  readonly error: Error | null
}

export interface StreamsGroupOffsets {
  readonly group: string
  readonly state: string
  readonly offsets: readonly StreamsOffset[]
}

/** What `streams-groups --describe` prints. */
export function streamsOffsetsListing(groups: readonly StreamsGroupOffsets[], verbose: boolean): Listing {
  return {
    text: () => groups.map((group) => offsetsText(group, verbose)).join(''),
    items: groups.map(({ group, state, offsets }) => ({ group, state, partitions: offsets.map(offsetItem) })),
    rows: groups.flatMap(({ group, offsets }) => offsets.map((found) => ({ group, ...offsetItem(found) }))),
    columns: [
      'group',
      'topic',
      'partition',
      'currentOffset',
      'leaderEpoch',
      'logEndOffset',
      'lag',
      'isActive',
      'error',
    ],
    names: () => groups.map(({ group }) => group),
  }
}

const offsetItem = ({ error, ...offset }: StreamsOffset): Row => ({
  ...offset,
  error: error?.message ?? null,
})

function offsetsText({ group, offsets }: StreamsGroupOffsets, verbose: boolean): string {
  const active = offsets.filter(({ isActive }) => isActive)
  if (active.length === 0) return ''
  const more = (...cells: string[]): string[] => (verbose ? cells : [])
  const lines = [
    [
      'GROUP',
      'TOPIC',
      'PARTITION',
      ...more('CURRENT-OFFSET', 'LEADER-EPOCH', 'LOG-END-OFFSET'),
      'OFFSET-LAG',
    ],
    ...active.map(({ topic, partition, currentOffset, leaderEpoch, logEndOffset, lag }) => [
      group,
      topic,
      String(partition),
      ...more(orDash(currentOffset), orDash(leaderEpoch), orDash(logEndOffset)),
      orDash(lag),
    ]),
  ]
  const topicWidth = widest(
    15,
    active.map(({ topic }) => topic),
  )
  const widths = [widest(15, [group]), topicWidth, 10, ...(verbose ? [15, 15, 15, 15] : [])]
  return lines.map((line) => `${padded(line, widths)}\n`).join('')
}

/** What `streams-groups --describe --members` prints. */
export function streamsMembersListing(groups: readonly StreamsGroupDescription[], verbose: boolean): Listing {
  return {
    text: () => groups.map((group) => membersText(group, verbose)).join(''),
    items: groups.map(({ groupId, state, topologyEpoch, targetAssignmentEpoch, members }) => ({
      group: groupId,
      state,
      topologyEpoch,
      targetAssignmentEpoch,
      members: members.map((member) => ({
        ...memberItem(member),
        assignment: assignmentItem(member.assignment),
        targetAssignment: assignmentItem(member.targetAssignment),
      })),
    })),
    rows: groups.flatMap(({ groupId, members }) =>
      members.map((member) => ({
        group: groupId,
        ...memberItem(member),
        assignment: assignmentText(member.assignment, '').trimEnd(),
        targetAssignment: assignmentText(member.targetAssignment, '').trimEnd(),
      })),
    ),
    columns: [
      'group',
      'memberId',
      'instanceId',
      'processId',
      'clientId',
      'host',
      'rackId',
      'protocol',
      'memberEpoch',
      'topologyEpoch',
      'assignment',
      'targetAssignment',
    ],
    names: () => groups.flatMap(({ members }) => members.map(({ memberId }) => memberId)),
  }
}

const memberItem = (member: StreamsMember): Row => ({
  memberId: member.memberId,
  instanceId: member.instanceId,
  processId: member.processId,
  clientId: member.clientId,
  host: member.host,
  rackId: member.rackId,
  protocol: protocolOf(member),
  memberEpoch: member.epoch,
  topologyEpoch: member.topologyEpoch,
})

const protocolOf = ({ isClassic }: StreamsMember): string => (isClassic ? 'classic' : 'streams')

const assignmentItem = ({ activeTasks, standbyTasks, warmupTasks }: StreamsAssignment) => ({
  active: activeTasks.map(taskItem),
  standby: standbyTasks.map(taskItem),
  warmup: warmupTasks.map(taskItem),
})

const taskItem = ({ subtopologyId, partitions }: StreamsTasks) => ({ subtopologyId, partitions })

/** As Kafka writes it: `ACTIVE: 0:[0,1]; 1:[0]; STANDBY: …`, with a blank at the end. */
function assignmentText(assignment: StreamsAssignment, prefix: 'TARGET-' | ''): string {
  const of = (kind: string, tasks: readonly StreamsTasks[]): string =>
    tasks.length === 0
      ? ''
      : `${prefix}${kind}: ${tasks.map(({ subtopologyId, partitions }) => `${subtopologyId}:[${partitions.join(',')}]; `).join('')}`
  const { activeTasks, standbyTasks, warmupTasks } = assignment
  return `${of('ACTIVE', activeTasks)}${of('STANDBY', standbyTasks)}${of('WARMUP', warmupTasks)}`
}

function membersText(group: StreamsGroupDescription, verbose: boolean): string {
  const { groupId, members, targetAssignmentEpoch, topologyEpoch } = group
  if (members.length === 0) return ''
  const width = (of: (member: StreamsMember) => string): number => widest(15, members.map(of))
  const groupWidth = widest(15, [groupId])
  const memberWidth = width(({ memberId }) => memberId)
  const processWidth = width(({ processId }) => processId)
  const clientWidth = width(({ clientId }) => clientId)
  if (!verbose) {
    const widths = [groupWidth, memberWidth, processWidth, clientWidth]
    const lines = [
      ['GROUP', 'MEMBER', 'PROCESS', 'CLIENT-ID', 'ASSIGNMENTS'],
      ...members.map((member) => [
        groupId,
        member.memberId,
        member.processId,
        member.clientId,
        assignmentText(member.assignment, ''),
      ]),
    ]
    return lines.map((line) => `${padded(line, widths)}\n`).join('')
  }
  // Kafka's tool has no blank behind the epoch of the topology.
  const line = ([group, target, topology, member, ...rest]: readonly string[]): string =>
    `${padded([group!, target!, ''], [groupWidth, 25])}${topology!.padEnd(15)}${padded([member!, ...rest], [memberWidth, 15, 15, processWidth, clientWidth])}\n`
  const lines = [
    [
      'GROUP',
      'TARGET-ASSIGNMENT-EPOCH',
      'TOPOLOGY-EPOCH',
      'MEMBER',
      'MEMBER-PROTOCOL',
      'MEMBER-EPOCH',
      'PROCESS',
      'CLIENT-ID',
      'ASSIGNMENTS',
    ],
    ...members.map((member) => [
      groupId,
      String(targetAssignmentEpoch),
      orDash(topologyEpoch),
      member.memberId,
      protocolOf(member),
      String(member.epoch),
      member.processId,
      member.clientId,
      `${assignmentText(member.assignment, '')}${assignmentText(member.targetAssignment, 'TARGET-')}`,
    ]),
  ]
  return lines.map(line).join('')
}

const STATE_LAYOUT: EpochStateLayout = {
  gap: ' ',
  stateWidth: 25,
  epochs: [
    ['GROUP-EPOCH', 15],
    ['TARGET-ASSIGNMENT-EPOCH', 25],
  ],
}

/** What `streams-groups --describe --state` prints. */
export const streamsStatesListing = (groups: readonly GroupState[], verbose: boolean): Listing =>
  statesAs(groups, (group) => {
    // Kafka's tool prints this among its data, as an error that it is not.
    const isEmpty = group.state === 'Empty'
    const notice = isEmpty ? `\nError: Streams group '${group.groupId}' has no active members.\n` : ''
    const lines = epochStateLines(group, verbose, STATE_LAYOUT)
    return notice + lines.map((line) => `${line}\n`).join('')
  })
