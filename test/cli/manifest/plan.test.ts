import { expect, test } from 'vitest'
import type { TopicSpec } from '../../../src/cli/manifest/manifest.ts'
import { planChanges } from '../../../src/cli/manifest/plan.ts'
import { planListing } from '../../../src/cli/manifest/plan-listing.ts'

const topic = (name: string, more: Partial<TopicSpec> = {}): TopicSpec => ({
  name,
  partitions: null,
  replicationFactor: null,
  configs: null,
  ...more,
})
const there = (name: string, configs: Record<string, string> = {}): TopicSpec =>
  topic(name, { partitions: 3, replicationFactor: 1, configs: new Map(Object.entries(configs)) })

const plan = (wanted: TopicSpec[], current: TopicSpec[], prune = false) =>
  planChanges(wanted, current, { prune })

test('what is as it should be is left alone, and so is what the file does not speak of', () => {
  const current = [there('a', { x: '1' }), there('b')]
  expect(plan([there('a', { x: '1' }), topic('b')], current)).toEqual({ changes: [], refusals: [] })
})

test('the difference reads like a difference', () => {
  const wanted = [
    topic('a', {
      partitions: 6,
      configs: new Map([
        ['x', '2'],
        ['y', '1'],
      ]),
    }),
    topic('n', { partitions: 1, replicationFactor: 3, configs: new Map([['x', '1']]) }),
    topic('o'),
  ]
  const { changes } = plan(wanted, [there('a', { x: '1', z: '9' }), there('gone')], true)
  const listing = planListing(changes, new Map())
  expect(listing.text()).toBe(`~ topic a
    ~ partitions: 3 → 6
    ~ x: 1 → 2
    + y=1
    - z=9
+ topic n: 1 partition, replication factor 3
    + x=1
+ topic o
- topic gone
`)
  expect(listing.items.map(({ topic, action, what, from, to }) => [topic, action, what, from, to])).toEqual([
    ['a', 'alter', 'partitions', '3', '6'],
    ['a', 'alter', 'x', '1', '2'],
    ['a', 'alter', 'y', null, '1'],
    ['a', 'alter', 'z', '9', null],
    ['n', 'create', 'topic', null, null],
    ['n', 'create', 'partitions', null, '1'],
    ['n', 'create', 'replicationFactor', null, '3'],
    ['n', 'create', 'x', null, '1'],
    ['o', 'create', 'topic', null, null],
    ['gone', 'delete', 'topic', null, null],
  ])
})

test('without --prune, topics that the file does not name stay', () => {
  expect(plan([], [there('a')]).changes).toEqual([])
})

test('what cannot be done is refused in sentences', () => {
  const { refusals } = plan([topic('a', { partitions: 1, replicationFactor: 3 })], [there('a')])
  expect(refusals).toEqual([
    "topic 'a' has 3 partitions, and cannot have fewer: 1 are asked for",
    "topic 'a' has the replication factor 1, not 3: that takes reassign-partitions",
  ])
})
