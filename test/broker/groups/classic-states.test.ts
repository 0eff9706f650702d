// What a classic group answers in which state, row by row: state, event, answer, state after it.
import { expect, test } from 'vitest'
import type { ClassicState } from '../../../src/broker/groups/classic-states.ts'
import { KafkaError } from '../../../src/protocol/errors.ts'
import { GroupTwin, REBALANCE_MS, SESSION_MS, subscription } from './group-twin.ts'

interface Scene {
  twin: GroupTwin
  leader: string
  follower: string
}

const CHANGED = { protocols: [{ name: 'range', metadata: subscription('payments') }] }

/** A group in the wanted state; in all but Empty it has two members. */
const SCENES: Record<Exclude<ClassicState, 'Dead'>, () => Scene> = {
  Empty() {
    const twin = new GroupTwin()
    const [leader = '', follower = ''] = twin.stable(2)
    twin.leave(leader)
    twin.leave(follower)
    return { twin, leader, follower }
  },
  PreparingRebalance() {
    const twin = new GroupTwin()
    const [leader = '', follower = ''] = twin.stable(2)
    twin.join(leader, CHANGED)
    return { twin, leader, follower }
  },
  CompletingRebalance() {
    const twin = new GroupTwin()
    const [leader = '', follower = ''] = twin.joined(2)
    return { twin, leader, follower }
  },
  Stable() {
    const twin = new GroupTwin()
    const [leader = '', follower = ''] = twin.stable(2)
    return { twin, leader, follower }
  },
}

const WAITS = 'waits'

const EVENTS: Record<string, (scene: Scene) => string> = {
  'a heartbeat': ({ twin, follower }) => twin.heartbeat(follower),
  'a heartbeat of an earlier generation': ({ twin, follower }) =>
    twin.heartbeat(follower, { generationId: twin.group.generationId - 1 }),
  'a heartbeat of a stranger': ({ twin }) => twin.heartbeat('stranger'),
  'a heartbeat with the instance id of nobody': ({ twin, follower }) =>
    twin.heartbeat(follower, { groupInstanceId: 'nobody' }),
  'a new member': ({ twin }) => twin.join().answer?.error ?? WAITS,
  'a new member that knows of ids': ({ twin }) =>
    twin.join('', { knowsMemberIds: true }).answer?.error ?? WAITS,
  'a new member of another kind': ({ twin }) =>
    twin.join('', { protocolType: 'connect' }).answer?.error ?? WAITS,
  'a new member without protocols': ({ twin }) => twin.join('', { protocols: [] }).answer?.error ?? WAITS,
  'a stranger with an id': ({ twin }) => twin.join('stranger').answer?.error ?? WAITS,
  'the leader again': ({ twin, leader }) => twin.join(leader).answer?.error ?? WAITS,
  'a follower again': ({ twin, follower }) => twin.join(follower).answer?.error ?? WAITS,
  'a follower that has changed': ({ twin, follower }) => twin.join(follower, CHANGED).answer?.error ?? WAITS,
  'a sync of the leader': ({ twin, leader }) => twin.sync(leader).answer?.error ?? WAITS,
  'a sync of a follower': ({ twin, follower }) => twin.sync(follower).answer?.error ?? WAITS,
  'a sync of an earlier generation': ({ twin, follower }) =>
    twin.sync(follower, {}, { generationId: 0 }).answer?.error ?? WAITS,
  'a sync of a stranger': ({ twin }) => twin.sync('stranger').answer?.error ?? WAITS,
  'a follower leaves': ({ twin, follower }) => twin.leave(follower),
  'the leader leaves': ({ twin, leader }) => twin.leave(leader),
  'a stranger leaves': ({ twin }) => twin.leave('stranger'),
  'nobody was heard of': ({ twin }) => {
    twin.clock.pass(SESSION_MS)
    return `${twin.group.members.size} left`
  },
  'the rebalance took too long': ({ twin, leader, follower }) => {
    for (let passedMs = 0; passedMs < REBALANCE_MS; passedMs += SESSION_MS / 2) {
      twin.clock.pass(SESSION_MS / 2)
      for (const id of [leader, follower]) if (twin.group.members.has(id)) twin.heartbeat(id)
    }
    return `${twin.group.members.size} left`
  },
  'a commit': ({ twin, follower }) => twin.commit(follower),
  'a commit of an earlier generation': ({ twin, follower }) => twin.commit(follower, 0),
  'a commit of a stranger': ({ twin }) => twin.commit('stranger'),
  'a commit of a tool': ({ twin }) => twin.commit('', -1),
  'a commit without a generation': ({ twin, follower }) => twin.commit(follower, -1),
  'a deletion': ({ twin }) => twin.deletion(),
}

type Row = [state: keyof typeof SCENES, event: string, answer: string, after: ClassicState]

const [E, P, C, S] = ['Empty', 'PreparingRebalance', 'CompletingRebalance', 'Stable'] as const

const ROWS: Row[] = [
  [E, 'a heartbeat', 'UNKNOWN_MEMBER_ID', E],
  [P, 'a heartbeat', 'REBALANCE_IN_PROGRESS', P],
  [C, 'a heartbeat', 'NONE', C],
  [S, 'a heartbeat', 'NONE', S],
  [P, 'a heartbeat of an earlier generation', 'ILLEGAL_GENERATION', P],
  [C, 'a heartbeat of an earlier generation', 'ILLEGAL_GENERATION', C],
  [S, 'a heartbeat of an earlier generation', 'ILLEGAL_GENERATION', S],
  [S, 'a heartbeat of a stranger', 'UNKNOWN_MEMBER_ID', S],
  [S, 'a heartbeat with the instance id of nobody', 'UNKNOWN_MEMBER_ID', S],
  [E, 'a new member', 'NONE', C],
  [P, 'a new member', WAITS, P],
  [C, 'a new member', WAITS, P],
  [S, 'a new member', WAITS, P],
  [E, 'a new member that knows of ids', 'MEMBER_ID_REQUIRED', E],
  [P, 'a new member that knows of ids', 'MEMBER_ID_REQUIRED', P],
  [C, 'a new member that knows of ids', 'MEMBER_ID_REQUIRED', C],
  [S, 'a new member that knows of ids', 'MEMBER_ID_REQUIRED', S],
  [E, 'a new member of another kind', 'NONE', C],
  [P, 'a new member of another kind', 'INCONSISTENT_GROUP_PROTOCOL', P],
  [C, 'a new member of another kind', 'INCONSISTENT_GROUP_PROTOCOL', C],
  [S, 'a new member of another kind', 'INCONSISTENT_GROUP_PROTOCOL', S],
  [E, 'a new member without protocols', 'INCONSISTENT_GROUP_PROTOCOL', E],
  [S, 'a new member without protocols', 'INCONSISTENT_GROUP_PROTOCOL', S],
  [E, 'a stranger with an id', 'UNKNOWN_MEMBER_ID', E],
  [P, 'a stranger with an id', 'UNKNOWN_MEMBER_ID', P],
  [C, 'a stranger with an id', 'UNKNOWN_MEMBER_ID', C],
  [S, 'a stranger with an id', 'UNKNOWN_MEMBER_ID', S],
  [E, 'the leader again', 'UNKNOWN_MEMBER_ID', E],
  [P, 'the leader again', WAITS, P],
  [C, 'the leader again', 'NONE', C],
  [S, 'the leader again', WAITS, P],
  [E, 'a follower again', 'UNKNOWN_MEMBER_ID', E],
  [P, 'a follower again', 'NONE', C],
  [C, 'a follower again', 'NONE', C],
  [S, 'a follower again', 'NONE', S],
  [P, 'a follower that has changed', 'NONE', C],
  [C, 'a follower that has changed', WAITS, P],
  [S, 'a follower that has changed', WAITS, P],
  [E, 'a sync of the leader', 'UNKNOWN_MEMBER_ID', E],
  [P, 'a sync of the leader', 'REBALANCE_IN_PROGRESS', P],
  [C, 'a sync of the leader', 'NONE', S],
  [S, 'a sync of the leader', 'NONE', S],
  [E, 'a sync of a follower', 'UNKNOWN_MEMBER_ID', E],
  [P, 'a sync of a follower', 'REBALANCE_IN_PROGRESS', P],
  [C, 'a sync of a follower', WAITS, C],
  [S, 'a sync of a follower', 'NONE', S],
  [P, 'a sync of an earlier generation', 'ILLEGAL_GENERATION', P],
  [C, 'a sync of an earlier generation', 'ILLEGAL_GENERATION', C],
  [S, 'a sync of an earlier generation', 'ILLEGAL_GENERATION', S],
  [C, 'a sync of a stranger', 'UNKNOWN_MEMBER_ID', C],
  [E, 'a follower leaves', 'UNKNOWN_MEMBER_ID', E],
  // The leader has joined again, and was only waiting for the follower.
  [P, 'a follower leaves', 'NONE', C],
  [C, 'a follower leaves', 'NONE', P],
  [S, 'a follower leaves', 'NONE', P],
  [P, 'the leader leaves', 'NONE', P],
  [C, 'the leader leaves', 'NONE', P],
  [S, 'the leader leaves', 'NONE', P],
  [E, 'a stranger leaves', 'UNKNOWN_MEMBER_ID', E],
  [P, 'a stranger leaves', 'UNKNOWN_MEMBER_ID', P],
  [C, 'a stranger leaves', 'UNKNOWN_MEMBER_ID', C],
  [S, 'a stranger leaves', 'UNKNOWN_MEMBER_ID', S],
  // The leader waits for an answer, which counts as a heartbeat.
  [P, 'nobody was heard of', '1 left', C],
  [C, 'nobody was heard of', '0 left', E],
  [S, 'nobody was heard of', '0 left', E],
  [P, 'the rebalance took too long', '1 left', C],
  [C, 'the rebalance took too long', '0 left', E],
  [S, 'the rebalance took too long', '2 left', S],
  // Tools may commit for a group that nobody is in, whatever else they say.
  [E, 'a commit', 'UNKNOWN_MEMBER_ID', E],
  [P, 'a commit', 'NONE', P],
  [C, 'a commit', 'REBALANCE_IN_PROGRESS', C],
  [S, 'a commit', 'NONE', S],
  [P, 'a commit of an earlier generation', 'ILLEGAL_GENERATION', P],
  [C, 'a commit of an earlier generation', 'ILLEGAL_GENERATION', C],
  [S, 'a commit of an earlier generation', 'ILLEGAL_GENERATION', S],
  [E, 'a commit of a stranger', 'UNKNOWN_MEMBER_ID', E],
  [S, 'a commit of a stranger', 'UNKNOWN_MEMBER_ID', S],
  [E, 'a commit of a tool', 'NONE', E],
  [P, 'a commit of a tool', 'UNKNOWN_MEMBER_ID', P],
  [C, 'a commit of a tool', 'UNKNOWN_MEMBER_ID', C],
  [S, 'a commit of a tool', 'UNKNOWN_MEMBER_ID', S],
  [E, 'a commit without a generation', 'NONE', E],
  [S, 'a commit without a generation', 'ILLEGAL_GENERATION', S],
  [E, 'a deletion', 'NONE', E],
  [P, 'a deletion', 'NON_EMPTY_GROUP', P],
  [C, 'a deletion', 'NON_EMPTY_GROUP', C],
  [S, 'a deletion', 'NON_EMPTY_GROUP', S],
]

test.each(ROWS)('%s: %s is answered %s, and then it is %s', (state, event, answer, after) => {
  const scene = SCENES[state]()
  expect(scene.twin.group.state).toBe(state)
  expect(EVENTS[event]!(scene)).toBe(answer)
  expect(scene.twin.group.state).toBe(after)
})

test.each(['Empty', 'PreparingRebalance', 'CompletingRebalance', 'Stable'] as const)(
  'a group that is %s leaves no timer behind when it is unloaded',
  (state) => {
    const { twin } = SCENES[state]()
    twin.group.unload()
    expect(twin.clock.pendingTasks).toBe(0)
    expect(twin.deletion()).toBe('GROUP_ID_NOT_FOUND')
  },
)

test('whoever waits is told to look for the coordinator again when the group is unloaded', () => {
  const { twin, leader } = SCENES.Stable()
  const waiting = twin.join(leader)
  twin.group.unload()
  expect(waiting).toMatchObject({ answer: { error: 'NOT_COORDINATOR' }, timesAnswered: 1 })
  const completing = SCENES.CompletingRebalance()
  const syncing = completing.twin.sync(completing.follower)
  completing.twin.group.unload()
  expect(syncing).toMatchObject({ answer: { error: 'NOT_COORDINATOR' }, timesAnswered: 1 })
})

test('assignments that cannot be written are given to nobody, and everybody joins again', () => {
  const { twin, leader, follower } = SCENES.CompletingRebalance()
  const waiting = twin.sync(follower)
  twin.failure = new KafkaError('NOT_COORDINATOR')
  expect(twin.sync(leader).answer?.error).toBe('NOT_COORDINATOR')
  expect(waiting.answer?.error).toBe('NOT_COORDINATOR')
  expect(twin.group.state).toBe('PreparingRebalance')
})
