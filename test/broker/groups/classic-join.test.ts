import { expect, test } from 'vitest'
import type { JoinRequest } from '../../../src/broker/groups/classic-join.ts'
import { KafkaError } from '../../../src/protocol/errors.ts'
import { GroupTwin, REBALANCE_MS, SESSION_MS, subscription } from './group-twin.ts'

const protocols = (...names: string[]): Pick<JoinRequest, 'protocols'> => ({
  protocols: names.map((name) => ({ name, metadata: subscription('orders') })),
})

test('one member is leader of its own group at once, and is given its assignment at once', () => {
  const twin = new GroupTwin()
  const { answer } = twin.join()
  const { memberId } = answer!
  expect(memberId).toMatch(/^client-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(answer).toEqual({
    error: 'NONE',
    memberId,
    generationId: 1,
    protocolType: 'consumer',
    protocolName: 'range',
    leader: memberId,
    skipAssignment: false,
    members: [{ memberId, groupInstanceId: null, metadata: subscription('orders') }],
  })
  expect(twin.sync(memberId, { [memberId]: 'all' }).answer).toEqual({
    error: 'NONE',
    protocolType: 'consumer',
    protocolName: 'range',
    assignment: Buffer.from('all'),
  })
})

test('only the leader is told who is there', () => {
  const twin = new GroupTwin()
  const leader = twin.join().answer!.memberId
  const follower = twin.join()
  const again = twin.join(leader)
  expect(again.answer!.members.map(({ memberId }) => memberId)).toEqual([leader, follower.answer!.memberId])
  expect(follower.answer).toMatchObject({ leader, members: [], generationId: 2 })
})

test('everybody gets what the leader has assigned, and nothing when it was forgotten', () => {
  const twin = new GroupTwin()
  const [leader = '', second = '', third = ''] = twin.joined(3)
  const waiting = [twin.sync(second), twin.sync(third)]
  expect(waiting.map(({ answer }) => answer)).toEqual([undefined, undefined])
  twin.sync(leader, { [leader]: 'a', [second]: 'b' })
  expect(waiting.map(({ answer }) => String(answer!.assignment))).toEqual(['b', ''])
})

// Whoever knows of member ids comes twice.

test('a member that comes back with the id it was given is let in', () => {
  const twin = new GroupTwin()
  const { answer } = twin.join('', { knowsMemberIds: true })
  expect(answer).toMatchObject({ error: 'MEMBER_ID_REQUIRED', generationId: -1 })
  expect(twin.group.members.size).toBe(0)
  expect(twin.join(answer!.memberId, { knowsMemberIds: true }).answer).toMatchObject({ error: 'NONE' })
})

test('an id that is not used in the time of a session is forgotten', () => {
  const twin = new GroupTwin()
  const { memberId } = twin.join('', { knowsMemberIds: true }).answer!
  twin.clock.pass(SESSION_MS)
  expect(twin.join(memberId).answer).toMatchObject({ error: 'UNKNOWN_MEMBER_ID', memberId })
  expect(twin.clock.pendingTasks).toBe(0)
})

test('an id that was given to somebody without an instance id is not taken from somebody with one', () => {
  const twin = new GroupTwin()
  const { memberId } = twin.join('', { knowsMemberIds: true }).answer!
  expect(twin.join(memberId, { groupInstanceId: 'one' }).answer?.error).toBe('UNKNOWN_SERVER_ERROR')
})

test('a rebalance waits for those who were just given an id', () => {
  const twin = new GroupTwin()
  const [leader = ''] = twin.stable(1)
  const { memberId } = twin.join('', { knowsMemberIds: true }).answer!
  const waiting = twin.join(leader)
  expect(waiting.answer).toBeUndefined()
  const joining = twin.join(memberId)
  expect(waiting.answer!.members).toHaveLength(2)
  expect(joining.answer!.error).toBe('NONE')
})

test('an id can be given back instead of being used', () => {
  const twin = new GroupTwin()
  const [leader = ''] = twin.stable(1)
  const { memberId } = twin.join('', { knowsMemberIds: true }).answer!
  const waiting = twin.join(leader)
  expect(twin.leave(memberId)).toBe('NONE')
  expect(waiting.answer?.generationId).toBe(2)
})

// The first rebalance.

test('members that start together share the first generation', () => {
  const twin = new GroupTwin()
  const ids = [1, 2, 3].map(() => twin.join('', { knowsMemberIds: true }).answer!.memberId)
  const joins = ids.map((id) => twin.join(id))
  expect(joins.map(({ answer }) => answer?.generationId)).toEqual([1, 1, 1])
})

test('whoever does not come back with its id holds up the first generation only for a moment', () => {
  const twin = new GroupTwin()
  twin.join('', { knowsMemberIds: true })
  const waiting = twin.join()
  twin.clock.pass(199)
  expect(waiting.answer).toBeUndefined()
  twin.clock.pass(1)
  expect(waiting.answer).toMatchObject({ error: 'NONE', generationId: 1 })
})

test('group.initial.rebalance.delay.ms lets others come, again while they do, until the rebalance timeout', () => {
  const twin = new GroupTwin()
  twin.values['group.initial.rebalance.delay.ms'] = 3000
  const joins = [twin.join('', { rebalanceTimeoutMs: 7000 })]
  for (let second = 1; second < 7; second++) {
    twin.clock.pass(1000)
    joins.push(twin.join('', { rebalanceTimeoutMs: 7000 }))
  }
  expect(joins.every(({ answer }) => answer === undefined)).toBe(true)
  twin.clock.pass(1000)
  expect(joins.map(({ answer }) => answer?.generationId)).toEqual([1, 1, 1, 1, 1, 1, 1])
})

test('group.initial.rebalance.delay.ms ends when nobody else came', () => {
  const twin = new GroupTwin()
  twin.values['group.initial.rebalance.delay.ms'] = 3000
  const waiting = twin.join()
  twin.clock.pass(2999)
  expect(waiting.answer).toBeUndefined()
  twin.clock.pass(1)
  expect(waiting.answer?.generationId).toBe(1)
})

// Who does not take part in a rebalance.

test('members that do not join again in time lose their place, and the others go on', () => {
  const twin = new GroupTwin()
  const [leader = '', second = '', third = ''] = twin.stable(3)
  const waiting = twin.join(second, protocols('range', 'more'))
  for (let passedMs = 0; passedMs < REBALANCE_MS; passedMs += 5000) {
    twin.clock.pass(5000)
    if (twin.group.state === 'PreparingRebalance') {
      for (const id of [leader, third]) expect(twin.heartbeat(id)).toBe('REBALANCE_IN_PROGRESS')
    }
  }
  expect(waiting.answer).toMatchObject({ error: 'NONE', leader: second, generationId: 3 })
  expect(twin.heartbeat(leader)).toBe('UNKNOWN_MEMBER_ID')
})

test('the largest rebalance timeout of the members counts', () => {
  const twin = new GroupTwin()
  const long = twin.join('', { rebalanceTimeoutMs: 90_000, sessionTimeoutMs: 100_000 }).answer!.memberId
  twin.sync(long)
  const waiting = twin.join('', { rebalanceTimeoutMs: 30_000 })
  twin.clock.pass(89_999)
  expect(waiting.answer).toBeUndefined()
  twin.clock.pass(1)
  expect(waiting.answer?.error).toBe('NONE')
})

test('a leader that falls silent after everybody joined is replaced in the next generation', () => {
  const twin = new GroupTwin()
  const [leader = '', follower = ''] = twin.joined(2)
  const waiting = twin.sync(follower)
  twin.clock.pass(SESSION_MS)
  expect(waiting).toMatchObject({ answer: { error: 'REBALANCE_IN_PROGRESS' }, timesAnswered: 1 })
  expect(twin.join(follower).answer).toMatchObject({ error: 'NONE', leader: follower, generationId: 3 })
  expect(twin.group.members.has(leader)).toBe(false)
})

test('members that have joined and send no SyncGroup are removed after the rebalance timeout', () => {
  const twin = new GroupTwin()
  const [leader = '', follower = ''] = twin.joined(2)
  twin.sync(leader)
  for (let passedMs = 0; passedMs < REBALANCE_MS; passedMs += 5000) {
    twin.clock.pass(5000)
    for (const id of [leader, follower]) twin.heartbeat(id)
  }
  expect([...twin.group.members.keys()]).toEqual([leader])
  expect(twin.group.state).toBe('PreparingRebalance')
})

test('a new member that waits too long is told to ask again: nobody may be there to read the answer', () => {
  const twin = new GroupTwin()
  const long = { rebalanceTimeoutMs: 600_000, sessionTimeoutMs: 600_000 }
  const first = twin.join('', long).answer!.memberId
  twin.sync(first)
  const waiting = twin.join('', long)
  twin.clock.pass(300_000)
  expect(waiting).toMatchObject({ answer: { error: 'UNKNOWN_MEMBER_ID', memberId: '' }, timesAnswered: 1 })
})

test('a request that is sent again over another connection takes the place of the first', () => {
  const twin = new GroupTwin()
  const [leader = '', follower = ''] = twin.stable(2)
  const first = twin.join(leader)
  const again = twin.join(leader)
  twin.join(follower)
  expect(first).toMatchObject({ answer: { error: 'REBALANCE_IN_PROGRESS' }, timesAnswered: 1 })
  expect(again).toMatchObject({ answer: { error: 'NONE' }, timesAnswered: 1 })
  const syncs = [twin.sync(follower), twin.sync(follower)]
  twin.sync(leader, { [follower]: 'yours' })
  expect(syncs.map(({ answer }) => answer!.error)).toEqual(['REBALANCE_IN_PROGRESS', 'NONE'])
})

test('a session is as long as the member says, and longer with every heartbeat and commit', () => {
  const twin = new GroupTwin()
  const [id = ''] = twin.stable(1)
  for (const sign of [() => twin.heartbeat(id), () => twin.commit(id), () => twin.heartbeat(id)]) {
    twin.clock.pass(SESSION_MS - 1)
    expect(sign()).toBe('NONE')
  }
  twin.clock.pass(SESSION_MS)
  expect(twin.group.state).toBe('Empty')
})

// The protocol.

test.each([
  [
    'the one all know',
    [
      ['a', 'b'],
      ['b', 'c'],
    ],
    'b',
  ],
  [
    'the one most like best',
    [
      ['a', 'b'],
      ['b', 'a'],
      ['b', 'a'],
    ],
    'b',
  ],
  [
    'the first of those who are liked equally',
    [
      ['a', 'b'],
      ['b', 'a'],
    ],
    'a',
  ],
  [
    'the best-liked of those all know',
    [
      ['x', 'a', 'b'],
      ['y', 'b', 'a'],
      ['z', 'b', 'a'],
    ],
    'b',
  ],
] as const)('members vote for a protocol: %s', (_what, members, elected) => {
  const twin = new GroupTwin()
  const [first, ...others] = members.map((names) => protocols(...names))
  const leader = twin.join('', first).answer!.memberId
  for (const other of others) twin.join('', other)
  expect(twin.join(leader, first).answer!.protocolName).toBe(elected)
})

test('somebody who knows none of the protocols that all know is not let in', () => {
  const twin = new GroupTwin()
  const leader = twin.join('', protocols('a', 'b')).answer!.memberId
  expect(twin.join('', protocols('c')).answer?.error).toBe('INCONSISTENT_GROUP_PROTOCOL')
  expect(twin.join(leader, protocols('c')).answer?.error).toBe('INCONSISTENT_GROUP_PROTOCOL')
})

// group.max.size.

test('a full group lets nobody in', () => {
  const twin = new GroupTwin()
  twin.values['group.max.size'] = 2
  const [leader = ''] = twin.stable(2)
  expect(twin.join().answer).toMatchObject({ error: 'GROUP_MAX_SIZE_REACHED', memberId: '' })
  expect(twin.heartbeat(leader)).toBe('NONE')
})

test('a group over its limit loses whoever joins last', () => {
  const twin = new GroupTwin()
  const ids = twin.stable(3)
  twin.values['group.max.size'] = 2
  const waiting = [twin.join(ids[0]), twin.join(ids[1])]
  expect(twin.join(ids[2]).answer?.error).toBe('GROUP_MAX_SIZE_REACHED')
  expect(twin.join().answer?.error).toBe('GROUP_MAX_SIZE_REACHED')
  twin.clock.pass(REBALANCE_MS)
  expect(waiting.map(({ answer }) => answer?.generationId)).toEqual([3, 3])
})

// Static members.

const STATIC = { groupInstanceId: 'one' }

test('a static member gets an id with its instance id in it, and need not come twice', () => {
  const { answer } = new GroupTwin().join('', { ...STATIC, knowsMemberIds: true })
  expect(answer!.memberId).toMatch(/^one-[0-9a-f-]{36}$/)
})

test('a static member that was started again gets its assignment back without a rebalance', () => {
  const twin = new GroupTwin()
  const earlier = twin.join('', STATIC).answer!.memberId
  twin.sync(earlier, { [earlier]: 'mine' })
  const { answer } = twin.join('', STATIC)
  const { memberId } = answer!
  expect(answer).toMatchObject({ error: 'NONE', generationId: 1, leader: memberId, skipAssignment: true })
  expect(answer!.members).toHaveLength(1)
  expect(String(twin.sync(memberId).answer!.assignment)).toBe('mine')
  expect(twin.heartbeat(earlier, STATIC)).toBe('FENCED_INSTANCE_ID')
  expect(twin.heartbeat(memberId, STATIC)).toBe('NONE')
  expect(twin.join(earlier, STATIC).answer?.error).toBe('FENCED_INSTANCE_ID')
  expect(twin.sync(earlier, {}, STATIC).answer?.error).toBe('FENCED_INSTANCE_ID')
  expect(twin.leave(earlier, 'one')).toBe('FENCED_INSTANCE_ID')
})

test('a leader that cannot skip the assignment is not told that it leads when it comes back', () => {
  const twin = new GroupTwin()
  const earlier = twin.join('', STATIC).answer!.memberId
  twin.sync(earlier)
  const { answer } = twin.join('', { ...STATIC, knowsSkipping: false })
  expect(answer).toMatchObject({ leader: earlier, members: [], skipAssignment: false })
})

test('a static member that comes back with another protocol starts a rebalance', () => {
  const twin = new GroupTwin()
  const earlier = twin.join('', { ...STATIC, ...protocols('a', 'b') }).answer!.memberId
  twin.sync(earlier)
  const { answer } = twin.join('', { ...STATIC, ...protocols('b', 'a') })
  expect(answer).toMatchObject({ error: 'NONE', generationId: 2, protocolName: 'b' })
})

test('a static member that comes back while others wait for it fences its earlier self', () => {
  const twin = new GroupTwin()
  const one = twin.join('', STATIC).answer!.memberId
  const waiting = twin.join('', { groupInstanceId: 'two' })
  const taken = twin.join('', { groupInstanceId: 'two' })
  expect(waiting).toMatchObject({ answer: { error: 'FENCED_INSTANCE_ID' }, timesAnswered: 1 })
  expect(taken.answer).toBeUndefined()
  expect(twin.join(one, STATIC).answer!.members).toHaveLength(2)
  expect(taken.answer?.error).toBe('NONE')
})

test('a static member that comes back while the leader assigns starts over, as its old id is assigned to', () => {
  const twin = new GroupTwin()
  const [leader = ''] = twin.joined(1)
  const follower = twin.join('', STATIC)
  twin.join(leader)
  const waiting = twin.sync(follower.answer!.memberId, {}, STATIC)
  const returned = twin.join('', STATIC)
  expect(waiting.answer?.error).toBe('FENCED_INSTANCE_ID')
  expect(twin.group.state).toBe('PreparingRebalance')
  twin.join(leader)
  expect(returned.answer?.generationId).toBe(3)
})

test('when the new id of a static member cannot be written, the earlier one goes on', () => {
  const twin = new GroupTwin()
  const earlier = twin.join('', STATIC).answer!.memberId
  twin.sync(earlier)
  twin.failure = new KafkaError('NOT_COORDINATOR')
  expect(twin.join('', STATIC).answer).toMatchObject({ error: 'NOT_COORDINATOR', memberId: '' })
  expect(twin.heartbeat(earlier, STATIC)).toBe('NONE')
  expect(twin.group.leaderId).toBe(earlier)
})

test('static members that miss a rebalance keep their place until their session is over', () => {
  const twin = new GroupTwin()
  const long = { sessionTimeoutMs: 300_000 }
  const one = twin.join('', { ...STATIC, ...long }).answer!.memberId
  twin.sync(one)
  const other = twin.join('', long)
  twin.clock.pass(REBALANCE_MS)
  expect(other.answer).toMatchObject({ error: 'NONE', leader: other.answer!.memberId })
  expect(other.answer!.members.map(({ groupInstanceId }) => groupInstanceId)).toEqual(['one', null])
})

test('while nobody but static members is left, and none has joined, the rebalance waits for their sessions', () => {
  const twin = new GroupTwin()
  const long = { sessionTimeoutMs: 100_000 }
  const one = twin.join('', { ...STATIC, ...long }).answer!.memberId
  twin.sync(one)
  const other = twin.join('', long)
  twin.clock.pass(30_000)
  twin.heartbeat(one)
  twin.leave([...twin.group.members.keys()][1]!)
  expect(other.answer?.error).toBe('UNKNOWN_MEMBER_ID')
  twin.clock.pass(REBALANCE_MS)
  expect(twin.group.state).toBe('PreparingRebalance')
  twin.clock.pass(REBALANCE_MS)
  expect(twin.group.state).toBe('Empty')
})

test('a static member can be made to leave by somebody who knows only its instance id', () => {
  const twin = new GroupTwin()
  const one = twin.join('', STATIC).answer!.memberId
  twin.sync(one)
  expect(twin.leave('', 'two')).toBe('UNKNOWN_MEMBER_ID')
  expect(twin.leave('')).toBe('UNKNOWN_MEMBER_ID')
  expect(twin.leave('', 'one')).toBe('NONE')
  expect(twin.group.state).toBe('Empty')
})
