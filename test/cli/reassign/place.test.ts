import { expect, test } from 'vitest'

import { placePartitions } from '../../../src/cli/reassign/place.ts'
import { seededRandom } from '../../support/random.ts'

const first = () => 0
const brokers = (...ids: number[]) => ids.map((id) => ({ id, rack: null }))

test('without racks leaders go round the brokers, and followers stand behind them', () => {
  expect(placePartitions(brokers(3, 1, 2), 3, 2, first)).toEqual([
    [1, 2],
    [2, 3],
    [3, 1],
  ])
})

test('where it starts is left to chance', () => {
  expect(placePartitions(brokers(1, 2, 3), 1, 3, (count) => count - 1)).toEqual([[3, 1, 2]])
})

test('with racks each gets a replica before one gets a second', () => {
  const racks = [
    { id: 1, rack: 'a' },
    { id: 2, rack: 'a' },
    { id: 3, rack: 'b' },
    { id: 4, rack: 'b' },
    { id: 5, rack: 'c' },
  ]
  expect(placePartitions(racks, 3, 3, first)).toEqual([
    [1, 3, 5],
    [4, 5, 2],
    [5, 1, 3],
  ])
  expect(placePartitions(racks, 1, 5, first)[0]!.slice(0, 3)).toEqual([1, 3, 5])
})

test('a topic with one broker has its partitions there', () => {
  expect(placePartitions(brokers(7), 4, 1, first)).toEqual([[7], [7], [7], [7]])
})

test.each([
  [[], 1, 'All brokers are currently fenced, or have all their log directories cordoned.'],
  [
    [1],
    2,
    'The target replication factor of 2 cannot be reached because only 1 broker(s) are registered or some brokers have all their log directories cordoned.',
  ],
  [[1], 0, 'Invalid replication factor 0: the replication factor must be positive.'],
])('brokers %j and replication factor %i are refused', (ids, replicationFactor, message) => {
  expect(() => placePartitions(brokers(...ids), 1, replicationFactor, first)).toThrow(message)
})

test('whatever chance decides, replicas are on different brokers, leaders spread evenly, and racks are used', () => {
  const random = seededRandom(4)
  const chance = (count: number) => Math.floor(random() * count)
  for (let round = 0; round < 200; round++) {
    const count = 1 + chance(8)
    const rackCount = 1 + chance(4)
    const some = Array.from({ length: count }, (_, id) => ({ id, rack: `r${chance(rackCount)}` }))
    const racks = new Set(some.map(({ rack }) => rack))
    const replicationFactor = 1 + chance(count)
    const placed = placePartitions(some, count * 3, replicationFactor, chance)
    const led = some.map(({ id }) => placed.filter(([leader]) => leader === id).length)
    for (const replicas of placed) {
      expect(new Set(replicas).size).toBe(replicationFactor)
      const used = new Set(replicas.map((id) => some[id]!.rack))
      expect(used.size).toBe(Math.min(replicationFactor, racks.size))
    }
    // Where all racks are of one size no broker leads more than another.
    if (racks.size === 1) expect(new Set(led).size).toBe(1)
  }
})
