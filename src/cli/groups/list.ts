import type { ListedGroup } from '../../client/groups/listing.ts'
import { groupType } from '../../client/groups/listing.ts'
import { UsageError } from '../failures.ts'
import type { Listing } from '../output/listing.ts'
import { padded, widest } from './padded.ts'
import type { GroupKind } from './sentence.ts'

/** The states of groups of a kind, in the order of the Java set that Kafka prints. */
const STATES: Readonly<Record<GroupKind, readonly string[]>> = {
  consumer: [
    'Reconciling',
    'Empty',
    'Assigning',
    'Dead',
    'Stable',
    'PreparingRebalance',
    'CompletingRebalance',
  ],
  share: ['Empty', 'Stable', 'Dead'],
  streams: ['Empty', 'Assigning', 'Dead', 'NotReady', 'Reconciling', 'Stable'],
}

export interface GroupFilter {
  readonly states: ReadonlySet<string> | null
  readonly types: ReadonlySet<string> | null
}

/** What `--state` and `--type` choose; `true` stands for the option without a value, and chooses all. */
export function groupFilter(state: string | true | undefined, type: string | true | undefined): GroupFilter {
  return { states: statesIn('consumer', state), types: chosen(type, readTypes) }
}

/** What `--state` chooses among groups of a kind; null for all of them. */
export const statesIn = (kind: GroupKind, state: string | true | undefined): ReadonlySet<string> | null =>
  chosen(state, (text) => readStates(kind, text))

function chosen(
  text: string | true | undefined,
  read: (text: string) => ReadonlySet<string>,
): ReadonlySet<string> | null {
  return text === undefined || text === true || text === '' ? null : read(text)
}

function readStates(kind: GroupKind, text: string): ReadonlySet<string> {
  const states = text.split(',').map((part) => plainState(kind, part))
  if (states.every((state) => state !== undefined)) return new Set(states)
  throw new UsageError(`Invalid state list '${text}'. Valid states are: ${STATES[kind].join(', ')}`)
}

/** Kafka takes a state in any case, with or without an underscore between its words. */
function plainState(kind: GroupKind, text: string): string | undefined {
  const plain = text.trim().replaceAll('_', '').toLowerCase()
  return STATES[kind].find((state) => state.toLowerCase() === plain)
}

function readTypes(text: string): ReadonlySet<string> {
  const types = text.split(',').map((part) => groupType(part.trim()))
  if (types.every((type) => type === 'Classic' || type === 'Consumer')) return new Set(types)
  throw new UsageError(`Invalid types list '${text}'. Valid types are: Consumer, Classic`)
}

export const matchesFilter =
  ({ states, types }: GroupFilter) =>
  ({ state, type }: ListedGroup): boolean =>
    (states === null || states.has(state ?? '')) && (types === null || types.has(type ?? ''))

export const GROUP_COLUMNS = ['group', 'type', 'protocol', 'state'] as const

const groupItems = (groups: readonly ListedGroup[]) =>
  groups.map(({ groupId, type, protocol, state }) => ({ group: groupId, type, protocol, state }))

/** What `consumer-groups --list` prints. */
export function consumerGroupListing(
  groups: readonly ListedGroup[],
  { withType, withState }: { readonly withType: boolean; readonly withState: boolean },
): Listing {
  const names = groups.map(({ groupId }) => groupId)
  const text = (): string => {
    if (!withType && !withState) return names.map((name) => `${name}\n`).join('')
    const cells = (group: string, type: string, state: string): string[] => [
      group,
      ...(withType ? [type] : []),
      ...(withState ? [state] : []),
    ]
    const widths = [widest(15, names) + 10, 20, 20]
    const lines = [
      cells('GROUP', 'TYPE', 'STATE'),
      ...groups.map(({ groupId, type, state }) => cells(groupId, type ?? 'Unknown', state ?? 'Unknown')),
    ]
    return lines.map((line) => `${padded(line, widths)}\n`).join('')
  }
  return { text, columns: GROUP_COLUMNS, items: groupItems(groups), names: () => names }
}

/** What `share-groups --list` and `streams-groups --list` print. */
export function namesOrStatesListing(groups: readonly ListedGroup[], withState: boolean): Listing {
  const names = groups.map(({ groupId }) => groupId)
  const text = (): string => {
    if (!withState) return names.map((name) => `${name}\n`).join('')
    const lines = [['GROUP', 'STATE'], ...groups.map(({ groupId, state }) => [groupId, state ?? 'Unknown'])]
    return lines.map((line) => `${padded(line, [widest(15, names)])}\n`).join('')
  }
  return { text, columns: GROUP_COLUMNS, items: groupItems(groups), names: () => names }
}

/** What `groups --list` prints. */
export function groupListing(groups: readonly ListedGroup[]): Listing {
  const names = groups.map(({ groupId }) => groupId)
  const text = (): string => {
    const lines = groups.map(({ groupId, type, protocol }) => [groupId, type ?? '', protocol])
    const width = widest(20, lines.flat())
    const header = ['GROUP', 'TYPE', 'PROTOCOL'].map((cell) => cell.padEnd(width)).join(' ')
    return [header, ...lines.map((line) => line.map((cell) => `${cell.padEnd(width)} `).join(''))]
      .map((line) => `${line}\n`)
      .join('')
  }
  return { text, columns: GROUP_COLUMNS, items: groupItems(groups), names: () => names }
}
