// The classic protocol of groups.
import {
  DeleteGroups,
  DescribeGroups,
  Heartbeat,
  JoinGroup,
  LeaveGroup,
  ListGroups,
  SyncGroup,
} from '../../../src/protocol/messages/classic-groups.ts'
import { FindCoordinator } from '../../../src/protocol/messages/metadata.ts'
import type { RequestOf } from '../../../src/protocol/schema.ts'
import { beat, join, joinRequest, leave, sync } from './group-requests.ts'
import { normalize } from './normalize.ts'
import { HUNG_UP, type Peer } from './peer.ts'
import { ask, type Step, versionsOf } from './step.ts'

const LONG = 'x'.repeat(32_767)
const joined = (version: number): string => `joined-${version}`
const WITH_MEMBER_IDS = versionsOf(JoinGroup, 4)
const PROTOCOL_NAMED = [5]

const describe = (title: string, groups: readonly string[], versions = versionsOf(DescribeGroups)): Step =>
  ask(
    title,
    DescribeGroups,
    (version) => ({ groups: [...groups], ...(version < 3 ? {} : { includeAuthorizedOperations: true }) }),
    { versions },
  )

const remove = (title: string, groupsNames: string[]): Step => ask(title, DeleteGroups, { groupsNames })

const list = (title: string, statesFilter: string[], typesFilter: string[] = [], versions = [4, 5]): Step =>
  ask(
    title,
    ListGroups,
    (version) => ({
      ...(version < 4 ? {} : { statesFilter }),
      ...(version < 5 ? {} : { typesFilter }),
    }),
    { versions },
  )

/** Kafka makes the topic of offsets when somebody asks for a coordinator, and loads it in the background. */
export const coordinatorIsThere: Step = ask(
  'until there is one',
  FindCoordinator,
  { coordinatorKeys: ['g'] },
  { versions: [4], until: ({ coordinators }) => coordinators[0]!.errorCode === 0 },
)

export const loaded = (group: string): Step =>
  ask(
    `until it is loaded for ${group.slice(0, 20)}`,
    DescribeGroups,
    { groups: [group] },
    { versions: [0], until: ({ groups }) => groups[0]!.errorCode === 0 },
  )

const EVERY_JOINED = versionsOf(JoinGroup).map(joined)

const joining: readonly Step[] = [
  join('a new member', { group: joined }),
  join('a member with its new id', { group: joined, member: joined, versions: WITH_MEMBER_IDS }),
  describe('groups whose leader has not assigned anything', ['joined-1', 'joined-5']),
  beat('before anything is assigned', { group: 'joined-1' }),
  list('groups before anything is assigned', ['CompletingRebalance']),
  join('again, before anything is assigned', { group: 'joined-2', member: 'joined-2', versions: [2, 4, 9] }),
  join('a session that is too short', { group: 'short', sessionMs: 5999 }),
  join('a session that is too long', { group: 'short', sessionMs: 1_800_001 }),
  join('a session of no time', { group: 'short', sessionMs: 0, versions: [0, 5] }),
  join('no protocols', { group: 'empty', protocols: [] }),
  join('no protocols in a group that is there', { group: 'joined-1', protocols: [] }),
  join('no type of protocols', { group: 'empty', type: '' }),
  join('another type of protocols', { group: 'joined-1', type: 'connect', versions: [2, 5, 9] }),
  join('other protocols', { group: 'joined-1', protocols: ['sticky'], versions: [2, 5, 9] }),
  join('an unknown member', { group: 'joined-1', member: 'stranger' }),
  join('an unknown member of an unknown group', { group: 'nothing', member: 'stranger' }),
  join('a group without a name', { group: '' }),
  loaded(LONG),
  join('a group with a long name', { group: LONG, versions: [5, 9], as: (version) => `long-${version}` }),
  join('a member with a long id', { group: 'joined-1', member: LONG, versions: [5, 9] }),
]

const syncing: readonly Step[] = [
  sync('a wrong generation', { group: 'joined-1', generation: 2 }),
  sync('a generation before the first', { group: 'joined-1', generation: -1 }),
  sync('an unknown member', { group: 'joined-1', member: 'stranger' }),
  sync('a member without an id', { group: 'joined-1', member: '' }),
  sync('an unknown group', { group: 'nothing' }),
  sync('a group without a name', { group: '' }),
  sync('another type', { group: 'joined-1', type: 'connect', versions: PROTOCOL_NAMED }),
  sync('another protocol', { group: 'joined-1', protocol: 'roundrobin', versions: PROTOCOL_NAMED }),
  sync('no protocol', { group: 'joined-1', protocol: null, versions: PROTOCOL_NAMED }),
  sync('no type', { group: 'joined-1', type: null, versions: PROTOCOL_NAMED }),
  sync('what the leader assigns', { group: joined }),
  sync('once more', { group: joined }),
  sync('of a leader that assigns nothing', { group: 'joined-6', assigned: [], versions: [5] }),
  describe('groups that are stable', ['joined-1', 'joined-5', 'joined-6', 'joined-7']),
  beat('of members', { group: joined }),
  beat('a wrong generation', { group: 'joined-1', generation: 2 }),
  beat('an unknown member', { group: 'joined-1', member: 'stranger' }),
  beat('a member without an id', { group: 'joined-1', member: '' }),
  beat('an unknown group', { group: 'nothing' }),
  beat('a group without a name', { group: '' }),
  beat('a group with a long name', { group: LONG, member: 'x', versions: [0, 4] }),
  join('again, of a leader in a stable group', { group: 'joined-7', member: 'joined-7', versions: [9] }),
  beat('of a generation that has passed', { group: 'joined-7' }),
  sync('of a generation that has passed', { group: 'joined-7' }),
]

const standing: readonly Step[] = [
  join('a static member', { group: 'static', instance: 'one', as: 'first', versions: [5] }),
  sync('of a static member', { group: 'static', member: 'first', instance: 'one', versions: [3] }),
  beat('of a static member', { group: 'static', member: 'first', instance: 'one' }),
  beat('of an unknown static member', { group: 'static', member: 'first', instance: 'two' }),
  join('a static member that returns', { group: 'static', instance: 'one', as: 'second', versions: [9] }),
  beat('of a static member that was replaced', { group: 'static', member: 'first', instance: 'one' }),
  beat('of a replaced member without its name', { group: 'static', member: 'first', versions: [0, 4] }),
  sync('of a static member that was replaced', { group: 'static', member: 'first', instance: 'one' }),
  sync('of a static member that returned', { group: 'static', member: 'second', instance: 'one' }),
  join('as the static member that was replaced', { group: 'static', member: 'first', instance: 'one' }),
  join('a static member that changes its topics', {
    group: 'static',
    instance: 'one',
    as: 'third',
    topics: ['committed', 'more'],
    versions: [9],
  }),
  describe('a group of static members', ['static'], [3, 4, 6]),
  leave('a static member that was replaced', { group: 'static', member: 'first', instance: 'one' }),
  leave('an unknown static member', { group: 'static', member: '', instance: 'nobody' }),
  leave('a static member by its name alone', { group: 'static', member: '', instance: 'one', versions: [5] }),
]

const leaving: readonly Step[] = [
  leave('an unknown member', { group: 'joined-1', member: 'stranger' }),
  leave('a member without an id', { group: 'joined-1', member: '' }),
  leave('an unknown group', { group: 'nothing', member: 'stranger' }),
  leave('a group without a name', { group: '', member: 'stranger' }),
  ask('nobody', LeaveGroup, { groupId: 'joined-1', members: [] }, { versions: versionsOf(LeaveGroup, 3) }),
  remove('groups that have members', ['joined-0', 'joined-1']),
  leave('the last members', { group: joined, member: joined }),
  beat('of a member that has left', { group: 'joined-1', versions: [0, 4] }),
  join('a member that has left', { group: 'joined-1', member: 'joined-1', versions: [0, 5, 9] }),
  describe('groups of all states', [...EVERY_JOINED, 'nothing', '', 'joined-1']),
  list('all groups', [], []),
  list('in old versions', [], [], [0, 1, 2, 3]),
  list('stable ones', ['stable']),
  list('empty and dead ones', ['EMPTY', 'Dead']),
  list('classic ones', [], ['Classic']),
  list('consumer and share ones', [], ['consumer', 'SHARE']),
  list('of a type that is not', [], ['other']),
  list('empty ones of consumers', ['Empty'], ['consumer']),
  list('with a blank around', [' Empty '], [' classic']),
  remove('groups without members', ['joined-0', 'joined-1']),
  remove('groups that are there no longer, and others', ['joined-0', 'nothing', '', LONG]),
  remove('a group twice', ['joined-2', 'joined-2']),
  remove('nothing', []),
  describe('what was deleted', ['joined-0', 'joined-1']),
]

/** Two members whose requests wait for each other. */
const together: Step = {
  name: 'two members of one group',
  async run(peer) {
    const group = 'together'
    const joins = (member: string, known: boolean) =>
      peer.ask(JoinGroup, 3, joinRequest(3, peer, { group, member: known ? member : '' }), member)
    const syncs = (member: string, generationId: number, assigned: string[]) => {
      const assignments = assigned.map((name) => ({
        memberId: peer.members.get(name)!,
        assignment: Buffer.from(name),
      }))
      const request = { groupId: group, generationId, memberId: peer.members.get(member)!, assignments }
      return peer.ask(SyncGroup, 2, request, member)
    }
    const note = (member: string, answer: Awaited<ReturnType<typeof joins>>) => {
      if (answer !== HUNG_UP) peer.members.set(member, answer.memberId)
    }
    note('one', await joins('one', false))
    const alone = await syncs('one', 1, ['one'])
    const second = joins('two', false)
    await rebalances(peer, { groupId: group, generationId: 1, memberId: peer.members.get('one')! })
    const joined = await Promise.all([joins('one', true), second])
    note('two', joined[1])
    const waiting = syncs('two', 2, [])
    const synced = [await syncs('one', 2, ['one', 'two']), await waiting]
    return normalize({ alone, joined, synced }, peer)
  },
}

/** Waits until a member is told that others want to join. */
async function rebalances(peer: Peer, heartbeat: RequestOf<typeof Heartbeat>): Promise<void> {
  const deadline = Date.now() + 5000
  while ((await peer.need(Heartbeat, 0, heartbeat)).errorCode === 0) {
    if (Date.now() > deadline) throw new Error('no rebalance begins')
  }
}

export const groupSteps: readonly Step[] = [
  coordinatorIsThere,
  ...[...EVERY_JOINED, 'short', 'empty', 'nothing', 'static', 'together'].map(loaded),
  ...joining,
  ...syncing,
  ...standing,
  together,
  ...leaving,
]
