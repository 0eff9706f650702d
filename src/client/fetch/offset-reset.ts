import type { Int64 } from '../../bytes/int64.ts'
import { KafkaError } from '../../protocol/errors.ts'
import type { Cluster } from '../cluster.ts'
import { listOffsets, OFFSET_SPECS } from '../offsets.ts'
import type { FetchSettings } from './fetch-config.ts'
import type { FetchPartition } from './fetch-partition.ts'

/**
 * Where to go on after the offset asked for turned out to be outside of the log; null when there is nothing left
 * to read. A reader that has an end goes on with what is left before it, any other does what auto.offset.reset says.
 */
export async function placeAfterReset(
  cluster: Cluster,
  partition: FetchPartition,
  settings: FetchSettings,
): Promise<Int64 | null> {
  const { topic, partition: number, position } = partition
  const policy = settings['auto.offset.reset']
  if (policy === 'none' && !partition.isBounded) {
    throw new KafkaError(
      'OFFSET_OUT_OF_RANGE',
      `Fetch position ${position} is out of range for partition ${topic}-${number}`,
    )
  }
  const spec = partition.isBounded ? 'earliest' : policy === 'none' ? 'latest' : policy
  const [found] = await listOffsets(cluster, [{ topic, partition: number, timestamp: OFFSET_SPECS[spec] }], {
    isolationLevel: settings['isolation.level'],
  })
  if (found!.error !== null) throw found!.error
  const { offset } = found!.answer
  return partition.isBounded && offset <= position ? null : offset
}
