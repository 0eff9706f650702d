/**
 * The order in which a java.util.HashMap made for `capacity` entries and filled with these items gives them back;
 * texts unless `hashOf` tells the hash code of something else.
 */
export function javaHashOrder(names: readonly string[], capacity?: number): string[]
export function javaHashOrder<T>(
  items: readonly T[],
  capacity: number | undefined,
  hashOf: (item: T) => number,
): T[]
export function javaHashOrder<T>(
  items: readonly T[],
  capacity = 16,
  hashOf = javaHash as (item: T) => number,
): T[] {
  let buckets = 2 ** Math.ceil(Math.log2(Math.max(1, capacity)))
  while (items.length > buckets * 0.75) buckets *= 2
  const bucketOf = (item: T) => {
    const hash = hashOf(item)
    return (hash ^ (hash >>> 16)) & (buckets - 1)
  }
  return [...items].sort((a, b) => bucketOf(a) - bucketOf(b))
}

export function javaHash(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0
  return hash
}

/** The hash code of org.apache.kafka.common.TopicPartition. */
export const partitionHash = ({ topic, partition }: { topic: string; partition: number }): number =>
  (Math.imul(31, 31 + partition) + javaHash(topic)) | 0
