import type { GroupDescription, GroupMember } from '../../client/groups/description.ts'
import type { Listing, Row } from '../output/listing.ts'
import { assignmentItem, assignmentText } from './assignment.ts'
import { orDash, padded, widest } from './padded.ts'

const COLUMNS = [
  'group',
  'consumerId',
  'instanceId',
  'host',
  'clientId',
  'partitionCount',
  'currentEpoch',
  'assignment',
  'targetEpoch',
  'targetAssignment',
  'isUpgraded',
] as const

/** What `consumer-groups --describe --members` prints. */
export function membersListing(groups: readonly GroupDescription[], verbose: boolean): Listing {
  return {
    text: () => groups.map((group) => groupText(group, verbose)).join(''),
    items: groups.map((group) => ({
      group: group.groupId,
      state: group.state,
      members: group.members.map((member) => ({
        ...memberItem(member, group),
        assignment: assignmentItem(member.assignment),
        targetAssignment: member.targetAssignment && assignmentItem(member.targetAssignment),
      })),
    })),
    rows: groups.flatMap((group) =>
      group.members.map((member) => ({
        group: group.groupId,
        ...memberItem(member, group),
        assignment: assignmentText(member.assignment),
        targetAssignment: member.targetAssignment && assignmentText(member.targetAssignment),
      })),
    ),
    columns: COLUMNS,
    names: () => groups.flatMap(({ members }) => members.map(({ memberId }) => memberId)),
  }
}

const memberItem = (member: GroupMember, { targetAssignmentEpoch }: GroupDescription): Row => ({
  consumerId: member.memberId,
  instanceId: member.instanceId,
  host: member.host,
  clientId: member.clientId,
  partitionCount: member.assignment.length,
  currentEpoch: member.epoch,
  targetEpoch: targetAssignmentEpoch,
  isUpgraded: member.isUpgraded,
})

function groupText({ groupId, members, targetAssignmentEpoch }: GroupDescription, verbose: boolean): string {
  const hasInstances = members.some(({ instanceId }) => instanceId)
  const isMixed = [true, false].every((kind) => members.some(({ isUpgraded }) => isUpgraded === kind))
  const instance = (cell: string): string[] => (hasInstances ? [cell] : [])
  const more = (...cells: string[]): string[] => (verbose ? cells.slice(0, isMixed ? 5 : 4) : [])
  const lines = [
    [
      'GROUP',
      'CONSUMER-ID',
      ...instance('GROUP-INSTANCE-ID'),
      'HOST',
      'CLIENT-ID',
      '#PARTITIONS',
      ...more('CURRENT-EPOCH', 'CURRENT-ASSIGNMENT', 'TARGET-EPOCH', 'TARGET-ASSIGNMENT', 'UPGRADED'),
    ],
    ...members.map((member) => [
      groupId,
      member.memberId,
      ...instance(member.instanceId ?? ''),
      member.host,
      member.clientId,
      String(member.assignment.length),
      ...more(
        orDash(member.epoch),
        orDash(assignmentText(member.assignment)),
        orDash(targetAssignmentEpoch),
        orDash(assignmentText(member.targetAssignment ?? [])),
        member.isUpgraded === null ? '-' : String(member.isUpgraded),
      ),
    ]),
  ]
  const width = (least: number, of: (member: GroupMember) => string): number => widest(least, members.map(of))
  const widths = [
    members.length === 0 ? 15 : widest(15, [groupId]),
    width(15, ({ memberId }) => memberId),
    ...(hasInstances ? [width(17, ({ instanceId }) => instanceId ?? '')] : []),
    width(15, ({ host }) => host),
    width(15, ({ clientId }) => clientId),
    15,
    15,
    width(20, ({ assignment }) => assignmentText(assignment)),
    15,
    width(20, ({ targetAssignment }) => assignmentText(targetAssignment ?? [])),
  ]
  // Kafka prints a blank behind the number of partitions, whether or not something follows.
  return `\n${lines.map((line) => `${padded(line, widths)}${verbose ? '' : ' '}\n`).join('')}`
}
