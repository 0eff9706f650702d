import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ASSIGNORS, type Subscriber } from '../../../src/client/groups/assignors.ts'
import { partitionName } from '../../../src/client/topic-partition.ts'

interface Case {
  readonly counts: Record<string, number>
  readonly members: Subscriber[]
  readonly range: Record<string, string[]>
  readonly roundrobin: Record<string, string[]>
}

/** What RangeAssignor and RoundRobinAssignor of kafka-clients 4.3.1 gave for random groups. */
const cases: Case[] = JSON.parse(readFileSync(new URL('../vectors/assignors.json', import.meta.url), 'utf8'))

test.each(['range', 'roundrobin'] as const)('%s shares partitions out as Java does', (name) => {
  expect(cases.length).toBeGreaterThan(20)
  for (const { counts, members, [name]: expected } of cases) {
    const shares = ASSIGNORS[name](members, new Map(Object.entries(counts)))
    const named = [...shares].map(([id, partitions]) => [id, partitions.map(partitionName).sort()])
    expect(Object.fromEntries(named)).toEqual(expected)
  }
})

test('members that want nothing get nothing', () => {
  const members = [{ memberId: 'a', instanceId: null, topics: [] }]
  for (const assign of Object.values(ASSIGNORS)) {
    expect(assign(members, new Map([['orders', 3]]))).toEqual(new Map([['a', []]]))
  }
})
