import type { ShareGroupDescription, ShareMember, ShareOffset } from '../../client/groups/share-groups.ts'
import { assignmentItem, assignmentText } from '../groups/assignment.ts'
import { orDash, padded, widest } from '../groups/padded.ts'
import {
  type EpochStateLayout,
  epochStateLines,
  type GroupState,
  statesAs,
} from '../groups/states-listing.ts'
import type { Listing, Row } from '../output/listing.ts'

export interface ShareGroupOffsets {
  readonly group: string
  readonly state: string
  readonly offsets: readonly ShareOffset[]
}

/** What `share-groups --describe` prints; the epoch has a column in the text only if it is `verbose`. */
export function shareOffsetsListing(groups: readonly ShareGroupOffsets[], verbose: boolean): Listing {
  return {
    text: () => groups.map((group) => offsetsText(group, verbose)).join(''),
    items: groups.map(({ group, state, offsets }) => ({ group, state, partitions: offsets.map(offsetItem) })),
    rows: groups.flatMap(({ group, offsets }) => offsets.map((found) => ({ group, ...offsetItem(found) }))),
    columns: ['group', 'topic', 'partition', 'leaderEpoch', 'startOffset', 'lag', 'error'],
    names: () => groups.map(({ group }) => group),
  }
}

const offsetItem = ({ topic, partition, leaderEpoch, startOffset, lag, error }: ShareOffset): Row => ({
  topic,
  partition,
  leaderEpoch,
  startOffset,
  lag,
  error: error?.message ?? null,
})

function offsetsText({ group, offsets }: ShareGroupOffsets, verbose: boolean): string {
  if (offsets.length === 0) return `\nShare group '${group}' has no offset information.\n`
  const epoch = (cell: string): string[] => (verbose ? [cell] : [])
  const lines = [
    ['GROUP', 'TOPIC', 'PARTITION', ...epoch('LEADER-EPOCH'), 'START-OFFSET', 'LAG'],
    ...offsets.map(({ topic, partition, leaderEpoch, startOffset, lag }) => [
      group,
      topic,
      String(partition),
      ...epoch(orDash(leaderEpoch)),
      orDash(startOffset),
      orDash(lag),
    ]),
  ]
  const topicWidth = widest(
    15,
    offsets.map(({ topic }) => topic),
  )
  const widths = [widest(15, [group]), topicWidth, 10, ...(verbose ? [13] : []), 13]
  return `${lines.map((line) => `\n${padded(line, widths)}`).join('')}\n`
}

/** What `share-groups --describe --members` prints. */
export function shareMembersListing(groups: readonly ShareGroupDescription[], verbose: boolean): Listing {
  return {
    text: () => groups.map((group) => membersText(group, verbose)).join(''),
    items: groups.map(({ groupId, state, members }) => ({
      group: groupId,
      state,
      members: sorted(members).map((member) => ({
        ...memberItem(member),
        assignment: assignmentItem(member.assignment),
      })),
    })),
    rows: groups.flatMap(({ groupId, members }) =>
      sorted(members).map((member) => ({
        group: groupId,
        ...memberItem(member),
        assignment: assignmentText(member.assignment),
      })),
    ),
    columns: [
      'group',
      'consumerId',
      'host',
      'clientId',
      'rackId',
      'memberEpoch',
      'subscribedTopics',
      'partitionCount',
      'assignment',
    ],
    names: () => groups.flatMap(({ members }) => sorted(members).map(({ memberId }) => memberId)),
  }
}

const sorted = (members: readonly ShareMember[]): ShareMember[] =>
  [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1))

const memberItem = (member: ShareMember): Row => ({
  consumerId: member.memberId,
  host: member.host,
  clientId: member.clientId,
  rackId: member.rackId,
  memberEpoch: member.epoch,
  subscribedTopics: [...member.subscribedTopics].sort(),
  partitionCount: member.assignment.length,
})

function membersText({ groupId, members }: ShareGroupDescription, verbose: boolean): string {
  if (members.length === 0) return ''
  const epoch = (cell: string): string[] => (verbose ? [cell] : [])
  const lines = [
    ['GROUP', 'CONSUMER-ID', 'HOST', 'CLIENT-ID', '#PARTITIONS', ...epoch('MEMBER-EPOCH'), 'ASSIGNMENT'],
    ...sorted(members).map((member) => [
      groupId,
      member.memberId,
      member.host,
      member.clientId,
      String(member.assignment.length),
      ...epoch(String(member.epoch)),
      assignmentText(member.assignment),
    ]),
  ]
  const width = (of: (member: ShareMember) => string): number => widest(15, members.map(of))
  const widths = [
    widest(15, [groupId]),
    width(({ memberId }) => memberId),
    width(({ host }) => host),
    width(({ clientId }) => clientId),
    12,
    ...(verbose ? [13] : []),
  ]
  return `${lines.map((line) => `\n${padded(line, widths)}`).join('')}\n`
}

const STATE_LAYOUT: EpochStateLayout = {
  gap: '  ',
  stateWidth: 15,
  epochs: [
    ['GROUP-EPOCH', 12],
    ['ASSIGNMENT-EPOCH', 17],
  ],
}

/** What `share-groups --describe --state` prints. */
export const shareStatesListing = (groups: readonly GroupState[], verbose: boolean): Listing =>
  statesAs(groups, (group) => {
    const lines = epochStateLines(group, verbose, STATE_LAYOUT)
    return `${lines.map((line) => `\n${line}`).join('')}\n`
  })
