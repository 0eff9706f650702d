import { partitionName } from '../../client/topic-partition.ts'
import { exceptionName } from '../../protocol/errors.ts'
import type { Listing, Row } from '../output/listing.ts'
import { type Json, jsonText } from '../records/exact-json.ts'
import type { LogDir } from './ask.ts'

const LOG_DIR_COLUMNS = [
  'broker',
  'logDir',
  'error',
  'topic',
  'partition',
  'size',
  'offsetLag',
  'isFuture',
] as const

/** What log-dirs prints. Kafka's own text is one line of JSON, its keys in the order of a Java HashMap. */
export function logDirListing(dirs: readonly LogDir[]): Listing {
  const rows = dirs.flatMap(({ broker, logDir, error, partitions }): Row[] =>
    partitions.length === 0
      ? [{ broker, logDir, error, topic: null, partition: null, size: null, offsetLag: null, isFuture: null }]
      : partitions.map((partition) => ({ broker, logDir, error, ...partition })),
  )
  return {
    text: () => `${jsonText(kafkaDocument(dirs))}\n`,
    columns: LOG_DIR_COLUMNS,
    rows,
    items: dirs.map(({ broker, logDir, error, partitions }) => ({
      broker,
      logDir,
      error,
      partitions: partitions.map((partition) => ({ ...partition })),
    })),
    names: () => [...new Set(dirs.flatMap(({ partitions }) => partitions.map(({ topic }) => topic)))].sort(),
  }
}

function kafkaDocument(dirs: readonly LogDir[]): Json {
  const brokers = [...new Set(dirs.map(({ broker }) => broker))]
  return {
    brokers: brokers.map((broker) => ({
      broker,
      logDirs: dirs
        .filter((dir) => dir.broker === broker)
        .map(({ partitions, error, logDir }) => ({
          partitions: partitions.map((partition) => ({
            partition: partitionName(partition),
            size: partition.size,
            offsetLag: partition.offsetLag,
            isFuture: partition.isFuture,
          })),
          error: error === null ? null : `org.apache.kafka.common.errors.${exceptionName(error)}`,
          logDir,
        })),
    })),
    version: 1,
  }
}
