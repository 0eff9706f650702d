import type { Cluster } from '../../client/cluster.ts'
import { comparePartitions, partitionName } from '../../client/topic-partition.ts'
import { KafkaError } from '../../protocol/errors.ts'
import type { Context } from '../context.ts'
import type { Listing } from '../output/listing.ts'
import { askReassignments } from './ask.ts'
import { clearThrottles } from './clear.ts'
import { askLogDirMoves, type LogDirMove, moveText } from './log-dir-moves.ts'
import type { Plan, Target } from './plan-file.ts'

/** How far a partition is; it is done when nothing moves, even if it is not where it should be. */
export interface TargetState extends Target {
  readonly state: 'completed' | 'inProgress' | 'notReassigned'
  /** Empty when there is no such partition. */
  readonly currentReplicas: readonly number[]
}

/** A replica that is nowhere may be on its way, or in a folder that cannot be read. */
const ONGOING: readonly LogDirMove['state'][] = ['inProgress', 'otherMove', 'missing']

/** Tells how far a plan is, and takes the throttles away once nothing moves any more. */
export async function verify(
  cluster: Cluster,
  { targets, logDirs }: Plan,
  { preserveThrottles, dryRun }: { readonly preserveThrottles: boolean; readonly dryRun: boolean },
  context: Context,
): Promise<void> {
  const underWay = await askReassignments(cluster, null)
  const states = await askStates(cluster, targets, underWay)
  const moves = await askLogDirMoves(cluster, logDirs)
  await context.print(stateListing(states, moves))
  const isMoving = underWay.length > 0 || moves.some(({ state }) => ONGOING.includes(state))
  if (!isMoving && !preserveThrottles) await clearThrottles(cluster, targets, { dryRun }, context)
}

async function askStates(
  cluster: Cluster,
  targets: readonly Target[],
  underWay: readonly Target[],
): Promise<TargetState[]> {
  const moving = new Map(underWay.map((reassignment) => [partitionName(reassignment), reassignment]))
  const still = targets.filter((target) => !moving.has(partitionName(target)))
  const topics = await cluster.topics(
    still.map(({ topic }) => topic),
    { refresh: true },
  )
  // Of a partition that stands in the file twice Kafka tells the last.
  const last = new Map(targets.map((target) => [partitionName(target), target]))
  return [...last]
    .map(([name, target]): TargetState => {
      const reassignment = moving.get(name)
      if (reassignment) return { ...target, state: 'inProgress', currentReplicas: reassignment.replicas }
      const topic = topics.get(target.topic)
      if (topic && topic.error !== 'NONE' && topic.error !== 'UNKNOWN_TOPIC_OR_PARTITION') {
        throw new KafkaError(topic.error)
      }
      const found = topic?.partitions.find(({ partition }) => partition === target.partition)
      const currentReplicas = found?.replicas ?? []
      const isThere = currentReplicas.join() === target.replicas.join()
      return { ...target, state: isThere ? 'completed' : 'notReassigned', currentReplicas }
    })
    .sort(comparePartitions)
}

function stateText(target: TargetState): string {
  const name = partitionName(target)
  if (target.state === 'inProgress') return `Reassignment of partition ${name} is still in progress.`
  if (target.state === 'completed') return `Reassignment of partition ${name} is completed.`
  const [current, wanted] = [target.currentReplicas.join(','), target.replicas.join(',')]
  return `There is no active reassignment of partition ${name}, but replica set is ${current} rather than ${wanted}.`
}

const STATE_COLUMNS = ['topic', 'partition', 'state', 'replicas', 'targetReplicas', 'logDirMoves'] as const

/** What --verify prints of partitions, and of replicas that move between folders. */
export function stateListing(states: readonly TargetState[], moves: readonly LogDirMove[]): Listing {
  const items = states.map(({ topic, partition, state, currentReplicas, replicas }) => ({
    topic,
    partition,
    state,
    replicas: currentReplicas,
    targetReplicas: replicas,
    logDirMoves: moves
      .filter((move) => move.topic === topic && move.partition === partition)
      .map(({ broker, state: moveState, logDir, currentLogDir, futureLogDir }) => ({
        broker,
        state: moveState,
        targetLogDir: logDir,
        currentLogDir,
        futureLogDir,
      })),
  }))
  return {
    text: () =>
      ['Status of partition reassignment:', ...states.map(stateText)].map((line) => `${line}\n`).join('') +
      // Without moves there is an empty line.
      `${moves.map(moveText).join('\n')}\n`,
    columns: STATE_COLUMNS,
    items,
    rows: items.map((item) => ({
      ...item,
      logDirMoves: item.logDirMoves.map(({ broker, state }) => `${broker}:${state}`),
    })),
    names: () => [...new Set(items.map(({ topic }) => topic))],
  }
}
