import type { Int64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import { comparePartitions, partitionName } from '../../client/topic-partition.ts'
import { KafkaError } from '../../protocol/errors.ts'
import type { Context } from '../context.ts'
import { Failure } from '../failures.ts'
import { javaHashOrder, partitionHash } from '../java/order.ts'
import type { Listing } from '../output/listing.ts'
import { alterReassignments, askPlaced, askReassignments, requireTopics } from './ask.ts'
import { Terse } from './failure.ts'
import { startLogDirMoves } from './log-dir-moves.ts'
import { type Placed, type Plan, planText, type Target } from './plan-file.ts'
import { movesOf, throttleLogDirs, throttleMoves } from './throttles.ts'

const EXISTING =
  'Cannot execute because there is an existing partition assignment.  Use --additional to override this and create a new ' +
  'partition assignment in addition to the existing one. The --additional flag can also be used to change the throttle ' +
  'by resubmitting the current reassignment.'

const VERIFY_PERIODICALLY =
  'Warning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is removed.'

export interface ExecuteOptions {
  readonly additional: boolean
  /** Bytes a second between brokers; no limit when negative. */
  readonly throttle: Int64
  /** Bytes a second between the folders of a broker. */
  readonly replicaAlterLogDirsThrottle: Int64
  readonly disallowReplicationFactorChange: boolean
  readonly timeout: number
  readonly dryRun: boolean
}

/** Starts the reassignments of a plan that checkPlan let pass. */
export async function execute(
  cluster: Cluster,
  plan: Plan,
  options: ExecuteOptions,
  context: Context,
): Promise<void> {
  const targets = [...plan.targets].sort(comparePartitions)
  const underWay = await askReassignments(cluster, null)
  if (!options.additional && underWay.length > 0) throw new Terse(EXISTING)
  await requireBrokers(cluster, targets)
  const current = await placedNow(cluster, targets)
  if (options.dryRun) return foretell(plan, current, options, context)
  if (context.isText) {
    context.io.out(
      `Current partition replica assignment\n\n${planText(current)}\n\n` +
        'Save this to use as the --reassignment-json-file option during rollback\n',
    )
  }
  await throttle(cluster, plan, movesOf(underWay, targets, current), options, context)
  await start(cluster, targets, options, context)
  if (plan.logDirs.length > 0) await startLogDirMoves(cluster, plan.logDirs, options.timeout, context)
  if (!context.isText) await context.print(startedListing(targets, current))
}

async function requireBrokers(cluster: Cluster, targets: readonly Target[]): Promise<void> {
  const alive = new Set((await cluster.brokers()).map(({ nodeId }) => nodeId))
  const wanted = [...new Set(targets.flatMap(({ replicas }) => replicas))]
  const unknown = javaHashOrder(wanted, undefined, (id) => id).find((id) => !alive.has(id))
  if (unknown !== undefined) throw new Failure(`Unknown broker id ${unknown}`)
}

async function placedNow(cluster: Cluster, targets: readonly Target[]): Promise<Placed[]> {
  const topics = await requireTopics(cluster, [...new Set(targets.map(({ topic }) => topic))])
  const current = targets.flatMap(({ topic, partition }) => {
    const found = topics.get(topic)!.partitions.find((candidate) => candidate.partition === partition)
    return found ? [{ topic, partition, replicas: found.replicas }] : []
  })
  if (current.length < targets.length) {
    const found = new Set(current.map(partitionName))
    const missing = targets.filter((target) => !found.has(partitionName(target)))
    const names = javaHashOrder(missing, undefined, partitionHash).map(partitionName).join(', ')
    throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `Unable to find partition: ${names}`)
  }
  return await askPlaced(cluster, current)
}

async function throttle(
  cluster: Cluster,
  { logDirs }: Plan,
  moves: ReturnType<typeof movesOf>,
  { throttle: bytesPerSecond, replicaAlterLogDirsThrottle }: ExecuteOptions,
  context: Context,
): Promise<void> {
  if (bytesPerSecond < 0 && replicaAlterLogDirsThrottle < 0) return
  context.warn(VERIFY_PERIODICALLY)
  if (bytesPerSecond >= 0) {
    await throttleMoves(cluster, moves, bytesPerSecond)
    context.warn(`The inter-broker throttle limit was set to ${bytesPerSecond} B/s`)
  }
  if (replicaAlterLogDirsThrottle >= 0) {
    await throttleLogDirs(cluster, new Set(logDirs.map(({ broker }) => broker)), replicaAlterLogDirsThrottle)
    context.warn(`The replica-alter-dir throttle limit was set to ${replicaAlterLogDirsThrottle} B/s`)
  }
}

async function start(
  cluster: Cluster,
  targets: readonly Target[],
  { disallowReplicationFactorChange }: ExecuteOptions,
  context: Context,
): Promise<void> {
  const errors = await alterReassignments(cluster, targets, !disallowReplicationFactorChange)
  if (errors.length > 0) {
    const lines = errors.map(({ error, ...partition }) => `\n${partitionName(partition)}: ${error.message}`)
    throw new Terse(`Error reassigning partition(s):${lines.join('')}`, { code: errors[0]!.error.code })
  }
  const names = targets.map(partitionName).join(',')
  context.warn(`Successfully started partition reassignment${targets.length === 1 ? '' : 's'} for ${names}`)
}

function foretell(
  { targets, logDirs }: Plan,
  current: readonly Placed[],
  { throttle: bytesPerSecond, replicaAlterLogDirsThrottle }: ExecuteOptions,
  context: Context,
): void {
  for (const { topic, partition, replicas } of current) {
    const target = targets.find((each) => each.topic === topic && each.partition === partition)!
    const isThere = replicas.join() === target.replicas.join()
    const change = isThere ? 'stay on' : `be moved from brokers ${replicas.join(',')} to`
    context.say(`dry run: ${topic}-${partition} would ${change} ${target.replicas.join(',')}`)
  }
  for (const { topic, partition, broker, logDir } of logDirs) {
    context.say(
      `dry run: the replica of ${topic}-${partition} on broker ${broker} would be moved to ${logDir}`,
    )
  }
  if (bytesPerSecond >= 0) context.say(`dry run: brokers would copy ${bytesPerSecond} B/s at most`)
  if (replicaAlterLogDirsThrottle >= 0) {
    context.say(`dry run: log directories would be moved with ${replicaAlterLogDirsThrottle} B/s at most`)
  }
}

const STARTED_COLUMNS = ['topic', 'partition', 'replicas', 'previousReplicas', 'previousLogDirs'] as const

/** What --execute prints in other formats than text; `current` and `targets` are in the same order. */
export function startedListing(targets: readonly Target[], current: readonly Placed[]): Listing {
  return {
    text: () => '',
    columns: STARTED_COLUMNS,
    items: targets.map(({ topic, partition, replicas }, at) => ({
      topic,
      partition,
      replicas,
      previousReplicas: current[at]!.replicas,
      previousLogDirs: current[at]!.logDirs,
    })),
    names: () => [...new Set(targets.map(({ topic }) => topic))],
  }
}
