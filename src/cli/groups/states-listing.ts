import type { GroupType } from '../../client/groups/listing.ts'
import type { Broker } from '../../client/wire/connections.ts'
import type { Listing } from '../output/listing.ts'
import { orDash, padded, widest } from './padded.ts'

export interface GroupState {
  readonly groupId: string
  readonly type: GroupType
  readonly state: string
  /** Empty when there is none yet; null when groups of this type have none. */
  readonly assignor: string | null
  readonly groupEpoch: number | null
  readonly targetAssignmentEpoch: number | null
  readonly memberCount: number
  readonly coordinatorId: number
  /** Null when the broker is gone since. */
  readonly coordinator: Broker | null
}

/** A described group with the number of its members and the address of its coordinator. */
export function stateOf<M>(
  group: Omit<GroupState, 'memberCount' | 'coordinator'> & { readonly members: readonly M[] },
  brokers: ReadonlyMap<number, Broker>,
): GroupState {
  const { members, ...rest } = group
  return { ...rest, memberCount: members.length, coordinator: brokers.get(group.coordinatorId) ?? null }
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
export const statesListing = (groups: readonly GroupState[], verbose: boolean): Listing =>
  statesAs(groups, (group) => groupText(group, verbose))

/** The states of groups, whose text depends on the tool. */
export function statesAs(groups: readonly GroupState[], text: (group: GroupState) => string): Listing {
  return {
    text: () => groups.map(text).join(''),
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
  const { groupId } = group
  const address = coordinatorText(group, '  ')
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

/** `host:port  (id)`, with the blanks that the tool has there. */
function coordinatorText({ coordinatorId, coordinator }: GroupState, gap: string): string {
  return `${coordinator ? `${coordinator.host}:${coordinator.port}` : '-'}${gap}(${coordinatorId})`
}

export interface EpochStateLayout {
  /** Between the address of the coordinator and its id. */
  readonly gap: string
  readonly stateWidth: number
  /** What --verbose adds: title and width of each column. */
  readonly epochs: readonly [group: readonly [string, number], target: readonly [string, number]]
}

/** Title and row of a group that has no assignment strategy, in columns. */
export function epochStateLines(
  group: GroupState,
  verbose: boolean,
  { gap, stateWidth, epochs }: EpochStateLayout,
): string[] {
  const { groupId, groupEpoch, targetAssignmentEpoch, memberCount, state } = group
  const address = coordinatorText(group, gap)
  const titles = verbose ? epochs.map(([title]) => title) : []
  const values = verbose ? [orDash(groupEpoch), orDash(targetAssignmentEpoch)] : []
  const widths = [
    widest(15, [groupId]),
    widest(25, [address]),
    stateWidth,
    ...(verbose ? epochs.map(([, width]) => width) : []),
  ]
  return [
    ['GROUP', 'COORDINATOR (ID)', 'STATE', ...titles, '#MEMBERS'],
    [groupId, address, state, ...values, String(memberCount)],
  ].map((line) => padded(line, widths))
}
