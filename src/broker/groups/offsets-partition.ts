import { javaHash } from './java-hash.ts'

/** The topic that holds the state of groups: the leader of a group's partition is its coordinator. */
export const OFFSETS_TOPIC = '__consumer_offsets'

const SMALLEST_INT = -(2 ** 31)

/** The partition of __consumer_offsets that holds a group, out of so many. */
export function offsetsPartition(groupId: string, partitions: number): number {
  const hash = javaHash(groupId)
  // The smallest integer has no positive counterpart in Java.
  return hash === SMALLEST_INT ? 0 : Math.abs(hash) % partitions
}
