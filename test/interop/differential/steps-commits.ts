import { OffsetCommit, OffsetDelete, OffsetFetch } from '../../../src/protocol/messages/commits.ts'
import { DeleteTopics } from '../../../src/protocol/messages/topics.ts'
import { commit, fetchCommitted, join, leave, sync } from './group-requests.ts'
import { ask, type Step, topic } from './step.ts'

const LONG = 'x'.repeat(32_767)

const remove = (title: string, groupId: string, name = 'committed', partitions = [0, 1]): Step =>
  ask(title, OffsetDelete, {
    groupId,
    topics: [{ name, partitions: partitions.map((partitionIndex) => ({ partitionIndex })) }],
  })

const simple: readonly Step[] = [
  commit('without a group that is there', { group: (version) => `simple-${version}` }),
  commit('several partitions, one of them unknown', { group: 'simple', partitions: [1, 5, 0, -1] }),
  commit('an unknown topic', { group: 'simple', topic: 'nothing' }),
  commit('an unknown topic into an unknown group', { group: 'never', topic: 'nothing', generation: 4 }),
  commit('a topic whose name cannot be', { group: 'simple', topic: 'a b', versions: [2, 9] }),
  commit('a partition twice', { group: 'simple', partitions: [0, 0] }),
  commit('no partitions', { group: 'simple', partitions: [] }),
  ask('no topics', OffsetCommit, {
    groupId: 'simple',
    generationIdOrMemberEpoch: -1,
    memberId: '',
    topics: [],
  }),
  commit('the longest metadata', { group: 'simple', metadata: 'm'.repeat(4096) }),
  commit('metadata that is too long', { group: 'simple', metadata: 'm'.repeat(4097) }),
  commit('metadata of long letters', { group: 'simple', metadata: 'ä'.repeat(4096), versions: [2, 8] }),
  commit('no metadata', { group: 'simple', metadata: null }),
  commit('empty metadata', { group: 'simple', metadata: '', partitions: [1] }),
  commit('offset 0', { group: 'simple', offset: 0, versions: [2, 9] }),
  commit('offset -1', { group: 'simple', offset: -1 }),
  commit('a negative offset', { group: 'simple', offset: -7, versions: [2, 9] }),
  commit('an offset after the end', { group: 'simple', offset: 2 ** 52, versions: [2, 9] }),
  commit('for a time', { group: 'simple', retentionMs: 60_000, versions: [2, 3, 4] }),
  commit('with a generation, without a group', { group: 'never', generation: 1, member: 'stranger' }),
  commit('with a member, without a group', { group: 'never-2', member: 'stranger', versions: [2, 8, 9] }),
  commit('with a generation, into a group without members', { group: 'simple', generation: 1 }),
  commit('with a member, into a group without members', { group: 'simple', member: 'stranger' }),
  commit('as a static member', { group: 'simple', instance: 'one' }),
  commit('into a group without a name', { group: '' }),
  commit('into a group with a long name', { group: LONG, versions: [5, 9] }),
]

const fetching: readonly Step[] = [
  fetchCommitted('some', { groups: ['simple'], topic: 'committed' }),
  fetchCommitted('all', { groups: ['simple'] }),
  fetchCommitted('an unknown topic', { groups: ['simple'], topic: 'nothing' }),
  fetchCommitted('unknown partitions', { groups: ['simple'], topic: 'committed', partitions: [7, -1, 0, 0] }),
  fetchCommitted('no partitions', { groups: ['simple'], topic: 'committed', partitions: [] }),
  fetchCommitted('of an unknown group', { groups: ['unheard'], topic: 'committed' }),
  fetchCommitted('all of an unknown group', { groups: ['unheard'] }),
  fetchCommitted('of a group without a name', { groups: [''], topic: 'committed' }),
  fetchCommitted('all of a group without a name', { groups: [''] }),
  fetchCommitted('of a group with a long name', { groups: [LONG], topic: 'committed' }),
  fetchCommitted('of several groups', {
    groups: ['simple-3', 'unheard', '', 'simple-9', 'simple-3'],
    versions: [8, 9, 10],
  }),
  fetchCommitted('of no groups', { groups: [], versions: [8, 9, 10] }),
  fetchCommitted('what is stable', { groups: ['simple'], requireStable: true, versions: [7, 8, 9, 10] }),
  fetchCommitted('as an unknown member', {
    groups: ['simple', 'unheard'],
    member: 'stranger',
    epoch: 3,
    versions: [9, 10],
  }),
  fetchCommitted('as a member without an epoch', {
    groups: ['simple', 'unheard'],
    member: 'stranger',
    versions: [9, 10],
  }),
  ask('no topics', OffsetFetch, (version) =>
    version < 8 ? { groupId: 'simple', topics: [] } : { groups: [{ groupId: 'simple', topics: [] }] },
  ),
]

const ofMembers: readonly Step[] = [
  join('a member that commits', { group: 'committing', as: 'committer', versions: [3] }),
  commit('before anything is assigned', { group: 'committing', member: 'committer', generation: 1 }),
  sync('of a member that commits', { group: 'committing', member: 'committer', versions: [3] }),
  commit('as a member', { group: 'committing', member: 'committer', generation: 1 }),
  commit('in a wrong generation', { group: 'committing', member: 'committer', generation: 2 }),
  commit('in no generation', { group: 'committing', member: 'committer' }),
  commit('as an unknown member', { group: 'committing', member: 'stranger', generation: 1 }),
  commit('as nobody', { group: 'committing', generation: 1 }),
  commit('past a group with members', { group: 'committing' }),
  commit('as an unknown static member', { group: 'committing', instance: 'one', generation: 1 }),
  fetchCommitted('as a member of a classic group', {
    groups: ['committing'],
    member: 'committer',
    epoch: 1,
    versions: [9, 10],
  }),
  remove('offsets that somebody reads on from', 'committing'),
  leave('the member that has committed', { group: 'committing', member: 'committer', versions: [5] }),
  remove('offsets of a topic that was read', 'committing'),
]

const deleting: readonly Step[] = [
  remove('some', 'simple', 'committed', [1]),
  remove('what is not there', 'simple', 'committed', [1]),
  remove('of an unknown partition', 'simple', 'committed', [9, 0, -1]),
  remove('of an unknown topic', 'simple', 'nothing'),
  remove('of an unknown group', 'unheard'),
  remove('of a group without a name', ''),
  remove('no partitions', 'simple-3', 'committed', []),
  remove('no partitions of an unknown topic', 'simple-3', 'nothing', []),
  ask('no topics', OffsetDelete, { groupId: 'simple-3', topics: [] }),
  fetchCommitted('what is left', { groups: ['simple'] }),
  commit('of a topic that goes', { group: 'simple-4', topic: 'going', versions: [9] }),
  ask('a topic with commits', DeleteTopics, { topicNames: ['going'], timeoutMs: 5000 }, { versions: [5] }),
  ask(
    'all, until those of a deleted topic are gone',
    OffsetFetch,
    { groups: [{ groupId: 'simple-4', topics: null }] },
    { versions: [9], until: ({ groups }) => groups[0]!.topics.every(({ name }) => name !== 'going') },
  ),
  fetchCommitted('of a topic that is gone', { groups: ['simple-4'], topic: 'going', versions: [1, 8, 9] }),
]

export const commitSteps: readonly Step[] = [
  topic('committed', 2),
  topic('going', 2),
  ...simple,
  ...fetching,
  ...ofMembers,
  ...deleting,
]
