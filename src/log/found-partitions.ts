import type { Files } from './files.ts'
import { parsePartitionFolder, partitionFolder } from './partition-folder.ts'
import { readTopicId } from './partition-metadata.ts'
import { LOG_SUFFIX } from './segment-names.ts'

/** A partition found on disk that was not opened yet. */
export interface FoundPartition {
  topic: string
  partition: number
  /** Null when the folder does not say, or what it says is damaged. */
  topicId: string | null
  /** Looks whether there is anything in its log. */
  hasRecords: () => boolean
}

/** Whether there is anything in the log files of a partition's folder. */
export const holdsRecords = (files: Files, folder: string): boolean =>
  files
    .list(folder)
    .some(({ name }) => name.endsWith(LOG_SUFFIX) && (files.size(`${folder}/${name}`) ?? 0) > 0)

/** The partitions in a data folder, by topic and partition. */
export function findPartitions(files: Files, folder: string): FoundPartition[] {
  return files
    .list(folder)
    .filter((entry) => entry.isFolder)
    .map((entry) => parsePartitionFolder(entry.name))
    .filter((found) => found !== null)
    .map(({ topic, partition }) => {
      const path = `${folder}/${partitionFolder(topic, partition)}`
      const { id } = readTopicId(files, path)
      return { topic, partition, topicId: id, hasRecords: () => holdsRecords(files, path) }
    })
    .sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1))
}
