import { partitionName, type TopicPartition } from '../../client/topic-partition.ts'
import { Failure } from '../failures.ts'
import {
  duplicates,
  jsonArray,
  jsonField,
  jsonInt,
  jsonList,
  jsonObject,
  jsonString,
  parseJson,
} from '../kafka/kafka-json.ts'

/** Where a partition is to be. */
export interface Target extends TopicPartition {
  /** Brokers, the preferred leader first. */
  readonly replicas: readonly number[]
}

/** One copy of a partition, on one broker. */
export interface Replica extends TopicPartition {
  readonly broker: number
}

/** The folder that a replica is to be in. */
export interface LogDirTarget extends Replica {
  readonly logDir: string
}

export interface Plan {
  readonly targets: readonly Target[]
  /** Of replicas that may not be in any folder. */
  readonly logDirs: readonly LogDirTarget[]
}

/** Stands for whatever folder the broker chooses. */
const ANY_LOG_DIR = 'any'

/** The content of a --reassignment-json-file; Failure in Kafka's words where it has not the right form. */
export function parsePlan(text: string): Plan {
  const { version = 1, partitions = [] } = jsonObject(parseJson(text))
  checkVersion(version)
  const targets: Target[] = []
  const logDirs: LogDirTarget[] = []
  for (const value of jsonArray(partitions)) {
    const fields = jsonObject(value)
    const topic = jsonString(jsonField(fields, 'topic'))
    const partition = jsonInt(jsonField(fields, 'partition'))
    const replicas = jsonList(jsonField(fields, 'replicas'), jsonInt)
    const folders =
      fields.log_dirs === undefined ? replicas.map(() => ANY_LOG_DIR) : jsonList(fields.log_dirs, jsonString)
    if (folders.length !== replicas.length) {
      throw new Failure(
        `Size of replicas list [${replicas.join(', ')}] is different from size of log dirs list [${folders.join(', ')}] ` +
          `for partition ${topic}-${partition}`,
      )
    }
    targets.push({ topic, partition, replicas })
    for (const [at, logDir] of folders.entries()) {
      if (logDir !== ANY_LOG_DIR) logDirs.push({ topic, partition, broker: replicas[at]!, logDir })
    }
  }
  return { targets, logDirs }
}

function checkVersion(version: unknown): void {
  if (jsonInt(version) !== 1) throw new Failure(`Not supported version field value ${version}`)
}

/** Refuses a plan that cannot be executed; Failure in Kafka's words. */
export function checkPlan({ targets }: Plan): void {
  if (targets.length === 0) throw new Failure('Partition reassignment list cannot be empty')
  if (targets.some(({ replicas }) => replicas.length === 0)) {
    throw new Failure('Partition replica list cannot be empty')
  }
  const repeated = duplicates(targets.map(partitionName))
  if (repeated.length > 0) {
    throw new Failure(`Partition reassignment contains duplicate topic partitions: ${repeated.join(',')}`)
  }
  const doubled = targets.flatMap((target) => {
    const brokers = duplicates(target.replicas)
    return brokers.length === 0
      ? []
      : [`${partitionName(target)} contains multiple entries for ${brokers.join(',')}`]
  })
  if (doubled.length > 0) {
    throw new Failure(`Partition replica lists may not contain duplicate entries: ${doubled.join('. ')}`)
  }
}

/** The topics of a --topics-to-move-json-file. */
export function parseTopicsToMove(text: string): string[] {
  const { version = 1, topics = [] } = jsonObject(parseJson(text))
  checkVersion(version)
  const names = jsonArray(topics).map((value) => jsonString(jsonField(jsonObject(value), 'topic')))
  const repeated = duplicates(names)
  if (repeated.length === 0) return names
  throw new Failure(`List of topics to reassign contains duplicate entries: [${repeated.join(', ')}]`)
}

/** `1,2` of --broker-list. */
export function parseBrokerList(text: string): number[] {
  const brokers = text.split(',').map((part) => {
    if (/^[+-]?\d+$/.test(part)) return Number(part)
    throw new Failure(`For input string: "${part}"`)
  })
  const repeated = duplicates(brokers)
  if (repeated.length === 0) return brokers
  throw new Failure(`Broker list contains duplicate entries: [${repeated.join(', ')}]`)
}

export interface Placed extends Target {
  /** The folder of each replica; null where it is not known or does not matter. */
  readonly logDirs: readonly (string | null)[]
}

/** A plan as --reassignment-json-file takes it, in Kafka's spelling. */
export function planText(partitions: readonly Placed[]): string {
  return JSON.stringify({
    version: 1,
    partitions: partitions.map(({ topic, partition, replicas, logDirs }) => ({
      topic,
      partition,
      replicas,
      log_dirs: logDirs.map((logDir) => logDir ?? ANY_LOG_DIR),
    })),
  })
}
