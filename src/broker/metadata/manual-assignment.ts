import { KafkaError } from '../../protocol/errors.ts'
import type { MetadataImage } from './image.ts'

/**
 * Throws INVALID_REPLICA_ASSIGNMENT unless a partition may have these replicas; `replicationFactor` is that of the
 * partitions before it, if there were any.
 */
export function checkAssignment(
  replicas: readonly number[],
  replicationFactor: number | undefined,
  image: MetadataImage,
): void {
  const refuse = (problem: string): never => {
    throw new KafkaError('INVALID_REPLICA_ASSIGNMENT', `The manual partition assignment includes ${problem}.`)
  }
  if (replicas.length === 0) refuse('an empty replica list')
  const sorted = [...replicas].sort((a, b) => a - b)
  for (const [index, node] of sorted.entries()) {
    if (!image.brokers.has(node)) refuse(`broker ${node}, but no such broker is registered`)
    if (node === sorted[index - 1]) refuse(`the broker ${node} more than once`)
  }
  if (replicationFactor !== undefined && replicas.length !== replicationFactor) {
    refuse(
      `a partition with ${replicas.length} replica(s), but this is not consistent with previous partitions, ` +
        `which have ${replicationFactor} replica(s)`,
    )
  }
}
