// The groups of KIP-848, and what comes of mixing both protocols.
import { DeleteGroups, DescribeGroups, ListGroups } from '../../../src/protocol/messages/classic-groups.ts'
import {
  ConsumerGroupDescribe,
  ConsumerGroupHeartbeat,
} from '../../../src/protocol/messages/consumer-groups.ts'
import type { RequestOf } from '../../../src/protocol/schema.ts'
import { beat, commit, fetchCommitted, join, leave, sync } from './group-requests.ts'
import { ask, type Step, topic } from './step.ts'

type Heartbeat = RequestOf<typeof ConsumerGroupHeartbeat>

/** A first heartbeat, but for what is given; every version has a group of its own. */
const heartbeat = (title: string, given: Partial<Heartbeat> = {}, versions = [0, 1]): Step =>
  ask(
    title,
    ConsumerGroupHeartbeat,
    (version) => ({
      groupId: `new-${version}`,
      memberId: 'member',
      memberEpoch: 0,
      rebalanceTimeoutMs: 60_000,
      subscribedTopicNames: ['renewed'],
      topicPartitions: [],
      ...given,
    }),
    { versions },
  )

/** A later heartbeat with nothing new in it. */
const nothingNew = { rebalanceTimeoutMs: -1, subscribedTopicNames: null, topicPartitions: null }

const describe = (title: string, groupIds: string[]): Step =>
  ask(title, ConsumerGroupDescribe, { groupIds, includeAuthorizedOperations: true })

const regex = (subscribedTopicRegex: string | null) => ({ subscribedTopicNames: null, subscribedTopicRegex })

const refused: readonly Step[] = [
  heartbeat('no group', { groupId: '' }),
  heartbeat('a group of blanks', { groupId: '  ' }),
  heartbeat('no member', { memberId: '' }, [1]),
  heartbeat('no member in its first heartbeat', { memberId: '', subscribedTopicNames: null }, [0]),
  heartbeat('no time to rebalance', { rebalanceTimeoutMs: -1 }),
  heartbeat('no partitions', { topicPartitions: null }),
  heartbeat('no topics', { subscribedTopicNames: null }),
  heartbeat('an empty name', { instanceId: '' }),
  heartbeat('an empty rack', { rackId: '' }),
  heartbeat('an unknown assignor', { serverAssignor: 'sticky' }),
  heartbeat('an empty assignor', { serverAssignor: '' }),
  heartbeat('an epoch that is none', { memberEpoch: -3 }),
  heartbeat('away without a name', { memberEpoch: -2 }),
  heartbeat('leaving an unknown group', { memberEpoch: -1 }),
  heartbeat('an unknown group', { memberEpoch: 4, ...nothingNew }),
  heartbeat('an expression that is none', regex('[a'), [1]),
  heartbeat('an expression that looks ahead', regex('(?=a)b'), [1]),
]

const life: readonly Step[] = [
  heartbeat('a new member'),
  heartbeat('the same once more'),
  heartbeat('a second one', { memberEpoch: 1, ...nothingNew }),
  heartbeat('what it was before', { memberEpoch: 0, ...nothingNew, rebalanceTimeoutMs: 5 }),
  heartbeat('an epoch that comes later', { memberEpoch: 9, ...nothingNew }),
  heartbeat('an unknown member', { memberId: 'stranger', memberEpoch: 1, ...nothingNew }),
  heartbeat('leaving as an unknown member', { memberId: 'stranger', memberEpoch: -1 }),
  describe('groups of consumers and others', ['new-0', 'new-1', 'nothing', '', 'simple']),
  ask('groups of consumers as classic ones', DescribeGroups, { groups: ['new-0'] }),
  ask('groups of consumers', ListGroups, { typesFilter: ['consumer'] }, { versions: [5] }),
  heartbeat('other topics', { ...nothingNew, memberEpoch: 1, subscribedTopicNames: ['renewed', 'nothing'] }),
  heartbeat('an expression', { ...nothingNew, memberEpoch: 2, ...regex('^no.*') }, [1]),
  heartbeat('the other assignor', { ...nothingNew, memberEpoch: 2, serverAssignor: 'range' }, [0]),
  describe('a group that has changed', ['new-0']),
  ask('a group with members', DeleteGroups, { groupsNames: ['new-0'] }),
]

const commits: readonly Step[] = [
  heartbeat('a member that commits', { groupId: 'new-commits' }, [1]),
  commit('as a consumer', { group: 'new-commits', member: 'member', generation: 1, topic: 'renewed' }),
  commit('with an older epoch', { group: 'new-commits', member: 'member', generation: 0, topic: 'renewed' }),
  commit('with a later epoch', { group: 'new-commits', member: 'member', generation: 5, topic: 'renewed' }),
  commit('as an unknown consumer', { group: 'new-commits', member: 'x', generation: 1, topic: 'renewed' }),
  commit('past a group of consumers', { group: 'new-commits', topic: 'renewed' }),
  ...[1, 0, 5].map((epoch) =>
    fetchCommitted(`as a consumer in epoch ${epoch}`, {
      groups: ['new-commits'],
      topic: 'renewed',
      member: 'member',
      epoch,
      versions: [9, 10],
    }),
  ),
  fetchCommitted('as an unknown consumer', {
    groups: ['new-commits'],
    member: 'x',
    epoch: 1,
    versions: [9, 10],
  }),
]

const mixed: readonly Step[] = [
  beat('of a consumer', { group: 'new-0', member: 'member', versions: [0, 4] }),
  sync('of a consumer', { group: 'new-0', member: 'member', versions: [0, 5] }),
  leave('an unknown classic member of consumers', { group: 'new-0', member: 'stranger' }),
  join('a classic member of another type', { group: 'new-0', type: 'connect', versions: [5, 9] }),
  join('a group to be mixed', {
    group: 'mixed',
    as: 'mixed',
    versions: [3],
    protocols: ['own'],
    type: 'own',
  }),
  sync('a group to be mixed', { group: 'mixed', type: 'own', protocol: 'own', versions: [3] }),
  heartbeat('a group of another type', { groupId: 'mixed' }),
  describe('a classic group', ['mixed']),
  heartbeat('a group that classic members will join', { groupId: 'both' }, [1]),
  join('a classic member', { group: 'both', as: 'classic', topics: ['renewed'], versions: [3] }),
  sync('what a classic member got', { group: 'both', member: 'classic', generation: 2, versions: [3] }),
  beat('of a classic member', { group: 'both', member: 'classic', generation: 2, versions: [0, 4] }),
  describe('a group of both kinds', ['both']),
  ask('a group of both kinds as a classic one', DescribeGroups, { groups: ['both'] }, { versions: [5, 6] }),
  commit('as a classic member', { group: 'both', member: 'classic', generation: 2, topic: 'renewed' }),
  commit('as a classic member before', { group: 'both', member: 'classic', generation: 1, topic: 'renewed' }),
  leave('a group of consumers', { group: 'both', member: 'classic', versions: [0, 5] }),
  describe('a group that a classic member has left', ['both']),
  join('a group that goes over', { group: 'over', as: 'old', topics: ['renewed'], versions: [3] }),
  // Who has nothing gets its partitions in the order of a hash map, of ids that are chosen by chance.
  sync('a group that goes over', {
    group: 'over',
    member: 'old',
    assigned: ['old'],
    holds: [{ topic: 'renewed', partition: 0 }],
    versions: [3],
  }),
  heartbeat('a group that goes over', { groupId: 'over' }, [1]),
  beat('while it goes over', { group: 'over', member: 'old', versions: [0, 4] }),
  describe('a group that has gone over', ['over']),
  ask('groups of all types', ListGroups, {}, { versions: [5] }),
]

const static_: readonly Step[] = [
  heartbeat('a static member', { groupId: 'new-static', instanceId: 'one' }, [1]),
  heartbeat('its name in other hands', { groupId: 'new-static', memberId: 'other', instanceId: 'one' }, [1]),
  heartbeat('away for a while', { groupId: 'new-static', instanceId: 'one', memberEpoch: -2 }, [1]),
  describe('a member that is away', ['new-static']),
  heartbeat('back again', { groupId: 'new-static', memberId: 'other', instanceId: 'one' }, [1]),
  heartbeat('replaced', { groupId: 'new-static', instanceId: 'one', memberEpoch: 1, ...nothingNew }, [1]),
  heartbeat('an unknown name', { groupId: 'new-static', instanceId: 'two', memberEpoch: -2 }, [1]),
  describe('a member that is back', ['new-static']),
]

const ends: readonly Step[] = [
  heartbeat('leaving', { memberEpoch: -1 }),
  heartbeat('leaving twice', { memberEpoch: -1 }),
  describe('groups that were left', ['new-0', 'new-1']),
  ask(
    'groups that were left',
    ListGroups,
    { statesFilter: ['Empty'], typesFilter: ['consumer'] },
    { versions: [5] },
  ),
  ask('groups that were left', DeleteGroups, { groupsNames: ['new-0', 'new-1', 'new-commits'] }),
]

export const consumerGroupSteps: readonly Step[] = [
  topic('renewed', 2),
  ...refused,
  ...life,
  ...commits,
  ...mixed,
  ...static_,
  ...ends,
]
