import type { Cluster } from '../../client/cluster.ts'
import { comparePartitions, partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import type { Context } from '../context.ts'
import type { Listing } from '../output/listing.ts'
import { alterReassignments, askReassignments } from './ask.ts'
import { clearThrottles } from './clear.ts'
import { Terse } from './failure.ts'
import { askLogDirMoves, startLogDirMoves } from './log-dir-moves.ts'
import type { LogDirTarget, Plan } from './plan-file.ts'

export interface CancelOptions {
  readonly preserveThrottles: boolean
  readonly timeout: number
  readonly dryRun: boolean
}

/** Calls off what is under way of a plan; replicas on their way into a folder go back to the one they are in. */
export async function cancel(
  cluster: Cluster,
  { targets, logDirs }: Plan,
  { preserveThrottles, timeout, dryRun }: CancelOptions,
  context: Context,
): Promise<void> {
  const underWay = (await askReassignments(cluster, targets)).filter(
    ({ addingReplicas, removingReplicas }) => addingReplicas.length > 0 || removingReplicas.length > 0,
  )
  if (dryRun) {
    for (const partition of underWay)
      context.say(`dry run: would cancel the reassignment of ${partitionName(partition)}`)
  } else await cancelReassignments(cluster, underWay, context)
  const moving = (await askLogDirMoves(cluster, logDirs)).flatMap((move): LogDirTarget[] =>
    move.futureLogDir === null || move.currentLogDir === null
      ? []
      : [{ ...move, logDir: move.currentLogDir }],
  )
  if (dryRun) {
    for (const { topic, partition, broker, logDir } of moving) {
      context.say(`dry run: would keep the replica of ${topic}-${partition} on broker ${broker} in ${logDir}`)
    }
    if (underWay.length === 0 && moving.length === 0) context.say('dry run: there is nothing to cancel')
  } else if (moving.length > 0) await startLogDirMoves(cluster, moving, timeout, context)
  // Kafka does not end this line.
  else if (context.isText) context.io.out('None of the specified partition moves are active.')
  else context.say('None of the specified partition moves are active.')
  if (!preserveThrottles) await clearThrottles(cluster, targets, { dryRun }, context)
  if (!context.isText && !dryRun) await context.print(cancelledListing(targets, underWay, moving))
}

async function cancelReassignments(
  cluster: Cluster,
  underWay: readonly TopicPartition[],
  context: Context,
): Promise<void> {
  if (underWay.length === 0) return context.warn('None of the specified partition reassignments are active.')
  const errors = await alterReassignments(
    cluster,
    underWay.map(({ topic, partition }) => ({ topic, partition, replicas: null })),
  )
  if (errors.length > 0) {
    const lines = errors.map(({ error, ...partition }) => `\n${partitionName(partition)}: ${error.message}`)
    const what = `partition reassignment${errors.length === 1 ? '' : 's'}`
    throw new Terse(`Error cancelling ${what} for:${lines.join('')}`, { code: errors[0]!.error.code })
  }
  const what = `partition reassignment${underWay.length === 1 ? '' : 's'}`
  context.warn(`Successfully cancelled ${what} for: ${underWay.map(partitionName).join(',')}`)
}

const CANCELLED_COLUMNS = ['topic', 'partition', 'cancelled', 'cancelledLogDirMoves'] as const

/** What --cancel prints in other formats than text. */
export function cancelledListing(
  targets: readonly TopicPartition[],
  underWay: readonly TopicPartition[],
  moving: readonly LogDirTarget[],
): Listing {
  const cancelled = new Set(underWay.map(partitionName))
  const sorted = [...new Map(targets.map((target) => [partitionName(target), target])).values()].sort(
    comparePartitions,
  )
  return {
    text: () => '',
    columns: CANCELLED_COLUMNS,
    items: sorted.map((target) => ({
      topic: target.topic,
      partition: target.partition,
      cancelled: cancelled.has(partitionName(target)),
      cancelledLogDirMoves: moving
        .filter((move) => partitionName(move) === partitionName(target))
        .map(({ broker }) => broker),
    })),
    names: () => [
      ...new Set(sorted.filter((target) => cancelled.has(partitionName(target))).map(({ topic }) => topic)),
    ],
  }
}
