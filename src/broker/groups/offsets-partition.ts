/** The topic that holds the state of groups: the leader of a group's partition is its coordinator. */
export const OFFSETS_TOPIC = '__consumer_offsets'

/** Java's String.hashCode. */
function javaHash(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0
  return hash
}

/** The partition of __consumer_offsets that holds a group, out of so many. */
export const offsetsPartition = (groupId: string, partitions: number): number =>
  (javaHash(groupId) & 0x7fff_ffff) % partitions
