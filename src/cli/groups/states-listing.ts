import type { Broker } from '../../client/connections.ts'
import type { GroupDescription } from '../../client/groups/description.ts'
import type { Listing } from '../output.ts'
import { orDash, padded, widest } from './padded.ts'

export type GroupState = Omit<GroupDescription, 'members'> & {
  readonly memberCount: number
  /** Null when the broker is gone since. */
  readonly coordinator: Broker | null
}

const COLUMNS = [
  'group',
  'type',
  'state',
  'assignmentStrategy',
  'memberCount',
  'groupEpoch',
  'targetAssignmentEpoch',
  'coordinatorId',
  'coordinatorHost',
  'coordinatorPort',
] as const

/** What `consumer-groups --describe --state` prints. */
export function statesListing(groups: readonly GroupState[], verbose: boolean): Listing {
  return {
    text: () => groups.map((group) => groupText(group, verbose)).join(''),
    items: groups.map((group) => ({
      group: group.groupId,
      type: group.type,
      state: group.state,
      assignmentStrategy: group.assignor || null,
      memberCount: group.memberCount,
      groupEpoch: group.groupEpoch,
      targetAssignmentEpoch: group.targetAssignmentEpoch,
      coordinatorId: group.coordinatorId,
      coordinatorHost: group.coordinator?.host ?? null,
      coordinatorPort: group.coordinator?.port ?? null,
    })),
    columns: COLUMNS,
    names: () => groups.map(({ groupId }) => groupId),
  }
}

function groupText(group: GroupState, verbose: boolean): string {
  const { groupId, coordinatorId, coordinator } = group
  const address = `${coordinator ? `${coordinator.host}:${coordinator.port}` : '-'}  (${coordinatorId})`
  const epochs = (...cells: string[]): string[] => (verbose ? cells : [])
  const lines = [
    [
      'GROUP',
      'COORDINATOR (ID)',
      'ASSIGNMENT-STRATEGY',
      'STATE',
      ...epochs('GROUP-EPOCH', 'TARGET-ASSIGNMENT-EPOCH'),
      '#MEMBERS',
    ],
    [
      groupId,
      address,
      orDash(group.assignor),
      group.state,
      ...epochs(orDash(group.groupEpoch), orDash(group.targetAssignmentEpoch)),
      String(group.memberCount),
    ],
  ]
  const widths = [widest(15, [groupId]), widest(25, [address]), 20, 20, ...(verbose ? [15, 25] : [])]
  return `\n${lines.map((line) => padded(line, widths)).join('\n')}\n`
}
