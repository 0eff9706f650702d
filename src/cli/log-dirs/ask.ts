import type { Int64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import { comparePartitions } from '../../client/topic-partition.ts'
import type { ErrorName } from '../../protocol/errors.ts'
import { checkError, errorName } from '../../protocol/errors.ts'
import { DescribeLogDirs } from '../../protocol/messages/cluster.ts'

export interface LogDir {
  readonly broker: number
  readonly logDir: string
  /** Why the directory cannot be read; null when it can. */
  readonly error: ErrorName | null
  readonly partitions: readonly LogDirPartition[]
}

export interface LogDirPartition {
  readonly topic: string
  readonly partition: number
  readonly size: Int64
  readonly offsetLag: Int64
  readonly isFuture: boolean
}

/** The log directories of each broker, with the partitions of some topics, or of all when none is named. */
export async function askLogDirs(
  cluster: Cluster,
  brokers: readonly number[],
  topics: readonly string[],
): Promise<LogDir[]> {
  const answers = await Promise.all(
    brokers.map(async (broker) => {
      const answer = await cluster.request(DescribeLogDirs, { topics: null }, { node: broker })
      checkError(answer.errorCode)
      return answer.results.map((dir) => ({
        broker,
        logDir: dir.logDir,
        error: dir.errorCode === 0 ? null : errorName(dir.errorCode),
        partitions: dir.topics
          .filter(({ name }) => topics.length === 0 || topics.includes(name))
          .flatMap(({ name, partitions }) =>
            partitions.map(({ partitionIndex, partitionSize, offsetLag, isFutureKey }) => ({
              topic: name,
              partition: partitionIndex,
              size: partitionSize,
              offsetLag,
              isFuture: isFutureKey,
            })),
          )
          .sort(comparePartitions),
      }))
    }),
  )
  return answers.flat()
}
