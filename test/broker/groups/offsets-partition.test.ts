import { expect, test } from 'vitest'
import { offsetsPartition } from '../../../src/broker/groups/offsets-partition.ts'

// Where Apache Kafka 4.3.1 keeps these groups.
test.each([
  ['', 0],
  ['gr1dup', 1],
  ['gr1j', 2],
  ['gr2dup', 10],
  ['gr2a', 24],
  ['gr1new1', 33],
  ['gr1neg', 46],
] as const)("group '%s' is kept in partition %i", (group, partition) => {
  expect(offsetsPartition(group, 50)).toBe(partition)
})
