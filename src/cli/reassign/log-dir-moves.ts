import { sleep } from '../../client/clock.ts'
import type { Cluster } from '../../client/cluster.ts'
import { itemError, type KafkaError } from '../../protocol/errors.ts'
import { AlterReplicaLogDirs } from '../../protocol/messages/cluster.ts'
import type { Context } from '../context.ts'
import { Failure } from '../failures.ts'
import { askReplicaDirs, compareReplicas, replicaName } from './ask.ts'
import { Terse } from './failure.ts'
import type { LogDirTarget } from './plan-file.ts'

/** How far a replica is on its way into a folder. */
export interface LogDirMove extends LogDirTarget {
  /** `missing`: no live folder of the broker has it; `otherMove`: it moves elsewhere; `notMoving`: nobody moves it. */
  readonly state: 'completed' | 'inProgress' | 'otherMove' | 'notMoving' | 'missing'
  readonly currentLogDir: string | null
  readonly futureLogDir: string | null
}

export async function askLogDirMoves(
  cluster: Cluster,
  targets: readonly LogDirTarget[],
): Promise<LogDirMove[]> {
  const found = await askReplicaDirs(cluster, targets)
  return targets
    .map((target): LogDirMove => {
      const { current = null, future = null } = found.get(replicaName(target)) ?? {}
      return {
        ...target,
        state: stateOf(target.logDir, current, future),
        currentLogDir: current,
        futureLogDir: future,
      }
    })
    .sort(compareReplicas)
}

function stateOf(wanted: string, current: string | null, future: string | null): LogDirMove['state'] {
  if (current === null) return 'missing'
  if (future !== null) return future === wanted ? 'inProgress' : 'otherMove'
  return current === wanted ? 'completed' : 'notMoving'
}

/** Kafka's sentence about a move. */
export function moveText(move: LogDirMove): string {
  const { topic, partition, broker, logDir, currentLogDir, futureLogDir, state } = move
  switch (state) {
    case 'missing':
      return (
        `Partition ${topic}-${partition} is not found in any live log dir on broker ${broker}. ` +
        'There is likely an offline log directory on the broker.'
      )
    case 'inProgress':
      return `Reassignment of replica ${replicaName(move)} is still in progress.`
    case 'otherMove':
      return `Partition ${topic}-${partition} on broker ${broker} is being moved to log dir ${futureLogDir} instead of ${logDir}.`
    case 'notMoving':
      return `Partition ${topic}-${partition} on broker ${broker} is not being moved from log dir ${currentLogDir} to ${logDir}.`
    case 'completed':
      return `Reassignment of replica ${replicaName(move)} completed successfully.`
  }
}

const RETRY_MS = 100

/**
 * Starts moving replicas into folders. A replica that is only coming to its broker cannot be moved yet: that is tried
 * again until the time is up.
 */
export async function startLogDirMoves(
  cluster: Cluster,
  targets: readonly LogDirTarget[],
  timeoutMs: number,
  context: Context,
): Promise<void> {
  const deadline = cluster.deadline(timeoutMs)
  let pending = [...targets].sort(compareReplicas)
  for (;;) {
    const waiting = await alterLogDirs(cluster, pending)
    for (const target of pending.filter((each) => !waiting.includes(each))) {
      const { topic, partition, broker, logDir } = target
      // The blank at the end is Kafka's.
      context.warn(
        `Successfully started moving log directory to ${logDir} for replica ${topic}-${partition} with broker ${broker} `,
      )
    }
    pending = waiting
    if (pending.length === 0) return
    if (deadline.isOver) {
      const moves = pending.length === 1 ? 'move' : 'moves'
      const names = pending.map(replicaName).join(',')
      throw new Terse(`Timed out before log directory ${moves} could be started for: ${names}`)
    }
    await sleep(cluster.clock, RETRY_MS)
  }
}

/** Sends the moves to their brokers; gives those whose replica is not there yet. */
async function alterLogDirs(cluster: Cluster, targets: readonly LogDirTarget[]): Promise<LogDirTarget[]> {
  const waiting: LogDirTarget[] = []
  for (const broker of new Set(targets.map((target) => target.broker))) {
    const ofBroker = targets.filter((target) => target.broker === broker)
    const errors = await sendToBroker(cluster, broker, ofBroker)
    for (const target of ofBroker) {
      const error = errors.get(replicaName(target))
      if (error?.code === 'REPLICA_NOT_AVAILABLE') waiting.push(target)
      else if (error) {
        const message = `Failed to alter dir for ${replicaName(target)}`
        throw new Failure(message, { code: error.code, hint: error.message, cause: error })
      }
    }
  }
  return waiting
}

async function sendToBroker(
  cluster: Cluster,
  broker: number,
  targets: readonly LogDirTarget[],
): Promise<Map<string, KafkaError>> {
  const paths = [...new Set(targets.map(({ logDir }) => logDir))]
  const answer = await cluster.request(
    AlterReplicaLogDirs,
    {
      dirs: paths.map((path) => {
        const inPath = targets.filter(({ logDir }) => logDir === path)
        const topics = [...new Set(inPath.map(({ topic }) => topic))]
        return {
          path,
          topics: topics.map((name) => ({
            name,
            partitions: inPath.filter(({ topic }) => topic === name).map(({ partition }) => partition),
          })),
        }
      }),
    },
    { node: broker },
  )
  const errors = answer.results.flatMap(({ topicName: topic, partitions }) =>
    partitions.flatMap(({ partitionIndex: partition, errorCode }) => {
      const error = itemError({ errorCode })
      return error ? [[replicaName({ topic, partition, broker }), error] as const] : []
    }),
  )
  return new Map(errors)
}
