import { expect, test } from 'vitest'
import type { Assignment } from '../../../src/broker/groups/assignment.ts'
import type { AssignableMember, AssignorInput } from '../../../src/broker/groups/assignor.ts'
import { allowedAssignors, assignorNamed } from '../../../src/broker/groups/assignors.ts'
import { seededRandom } from '../../support/random.ts'

const NOTHING: Assignment = new Map()

interface Reader {
  id: string
  topics: string[]
  instanceId?: string
}

function input(
  readers: readonly Reader[],
  counts: Record<string, number>,
  previous: ReadonlyMap<string, Assignment> = new Map(),
): AssignorInput {
  const members = readers.map(({ id, topics, instanceId = null }): AssignableMember => {
    return { id, topics, instanceId, previous: previous.get(id) ?? NOTHING }
  })
  const isHomogeneous = new Set(readers.map(({ topics }) => [...topics].sort().join())).size <= 1
  return { members, isHomogeneous, partitionCounts: new Map(Object.entries(counts)) }
}

const readers = (ids: string, ...topics: string[]): Reader[] => ids.split(' ').map((id) => ({ id, topics }))

function show(assignments: ReadonlyMap<string, Assignment>): Record<string, string> {
  return Object.fromEntries(
    [...assignments].map(([id, assignment]) => [
      id,
      [...assignment].flatMap(([topic, partitions]) => [...partitions].map((p) => `${topic}${p}`)).join(' '),
    ]),
  )
}

const size = (assignment: Assignment | undefined): number =>
  [...(assignment?.values() ?? [])].reduce((sum, { size: count }) => sum + count, 0)

/** How many partitions somebody else has now. */
function moves(before: ReadonlyMap<string, Assignment>, after: ReadonlyMap<string, Assignment>): number {
  let count = 0
  for (const [id, assignment] of after) {
    for (const [topic, partitions] of assignment) {
      for (const partition of partitions) {
        const owner = [...before].find(([, had]) => had.get(topic)?.has(partition))
        if (owner && owner[0] !== id) count++
      }
    }
  }
  return count
}

const uniform = assignorNamed('uniform')
const range = assignorNamed('range')

test('uniform gives everybody its share, and what is left over to the last', () => {
  expect(show(uniform(input(readers('x y', 'a', 'b'), { a: 3, b: 2 })))).toEqual({
    x: 'a0 a1',
    y: 'a2 b0 b1',
  })
})

test('uniform moves only what a newcomer gets', () => {
  const before = uniform(input(readers('x y', 'a'), { a: 6 }))
  const after = uniform(input(readers('x y z', 'a'), { a: 6 }, before))
  expect([...after.values()].map(size)).toEqual([2, 2, 2])
  expect(moves(before, after)).toBe(2)
})

test('uniform leaves the extra partition to the one who has it', () => {
  const before: ReadonlyMap<string, Assignment> = new Map([
    ['x', new Map([['a', new Set([0])]])],
    ['y', new Map([['a', new Set([1, 2])]])],
  ])
  const after = uniform(input(readers('x y', 'a'), { a: 3 }, before))
  expect(moves(before, after)).toBe(0)
})

test('uniform gives what a departed member had to the others, and leaves them theirs', () => {
  const before = uniform(input(readers('x y z', 'a', 'b'), { a: 4, b: 5 }))
  const after = uniform(input(readers('x z', 'a', 'b'), { a: 4, b: 5 }, before))
  expect([...after.values()].map(size).sort()).toEqual([4, 5])
  for (const id of ['x', 'z']) {
    for (const [topic, partitions] of before.get(id)!) {
      for (const partition of partitions) expect(after.get(id)!.get(topic)!.has(partition)).toBe(true)
    }
  }
})

test('uniform takes topics back that are not read any longer', () => {
  const before = uniform(input(readers('x y', 'a', 'b'), { a: 2, b: 2 }))
  const after = uniform(input(readers('x y', 'b'), { a: 2, b: 2 }, before))
  expect([...after.values()].flatMap((assignment) => [...assignment.keys()])).toEqual(['b', 'b'])
})

test('range gives neighbours, and the same member the same partitions of every topic', () => {
  const three: Reader[] = [...readers('y x', 'a', 'b'), { id: 'zz', topics: ['a', 'b'], instanceId: 'i' }]
  expect(show(range(input(three, { a: 7, b: 7 })))).toEqual({
    zz: 'a0 a1 a2 b0 b1 b2',
    x: 'a3 a4 b3 b4',
    y: 'a5 a6 b5 b6',
  })
})

test('range shares a topic among those who read it', () => {
  const mixed = [...readers('x y', 'a', 'b'), ...readers('z', 'b')]
  expect(show(range(input(mixed, { a: 2, b: 2 })))).toEqual({ x: 'a0 b0', y: 'a1 b1', z: '' })
})

test('with fewer partitions than members some get nothing', () => {
  for (const assign of [uniform, range]) {
    const sizes = [...assign(input(readers('x y z', 'a'), { a: 2 })).values()].map(size)
    expect(sizes.sort()).toEqual([0, 1, 1])
  }
})

test('group.consumer.assignors takes short names and those of classes', () => {
  const classes = ['org.apache.kafka.coordinator.group.assignor.RangeAssignor', 'org.example.Mine', 'uniform']
  expect(allowedAssignors(classes)).toEqual(['range', 'uniform'])
})

/** Every partition that somebody reads has one owner, who reads it. */
function check({ members, partitionCounts }: AssignorInput, result: ReadonlyMap<string, Assignment>): void {
  const owners = new Map<string, string>()
  for (const [id, assignment] of result) {
    const { topics } = members.find((member) => member.id === id)!
    for (const [topic, partitions] of assignment) {
      expect(topics).toContain(topic)
      for (const partition of partitions) {
        expect(partition).toBeLessThan(partitionCounts.get(topic)!)
        expect(owners.get(`${topic}${partition}`)).toBeUndefined()
        owners.set(`${topic}${partition}`, id)
      }
    }
  }
  const read = new Set(members.flatMap(({ topics }) => topics))
  const expected = [...read].reduce((sum, topic) => sum + partitionCounts.get(topic)!, 0)
  expect(owners.size).toBe(expected)
}

test.each(['uniform', 'range'])('%s gives every partition to one reader, whoever comes and goes', (name) => {
  const random = seededRandom(848)
  const pick = (limit: number) => Math.floor(random() * limit)
  const counts = { a: 1, b: 5, c: 12, d: 30 }
  let current: ReadonlyMap<string, Assignment> = new Map()
  let group: Reader[] = []
  for (let round = 0; round < 200; round++) {
    const topics = Object.keys(counts).filter(() => random() < 0.6)
    if (random() < 0.6 || group.length === 0) group = [...group, { id: `m${round}`, topics }]
    else group = group.filter((_, index) => index !== pick(group.length))
    if (group.length === 0) continue
    const given = input(group, counts, current)
    current = assignorNamed(name)(given)
    check(given, current)
  }
})

test('uniform spreads topics with different readers as evenly as they allow', () => {
  const group = [...readers('x y', 'a'), ...readers('z', 'a', 'b')]
  const sizes = Object.fromEntries(
    [...uniform(input(group, { a: 8, b: 4 }))].map(([id, assignment]) => [id, size(assignment)]),
  )
  expect(sizes).toEqual({ x: 4, y: 4, z: 4 })
})

test('uniform keeps what it can where readers differ', () => {
  const group = [...readers('x y', 'a'), ...readers('z', 'a', 'b')]
  const before = uniform(input(group, { a: 8, b: 4 }))
  const after = uniform(input([...group, ...readers('w', 'b')], { a: 8, b: 4 }, before))
  // A partition goes only to somebody with two less: no chain of moves makes 3, 3, 3, 3 of it.
  expect([...after.values()].map(size).sort()).toEqual([2, 3, 3, 4])
  expect(moves(before, after)).toBe(3)
})
