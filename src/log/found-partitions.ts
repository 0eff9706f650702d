import type { Files } from './files.ts'
import { parsePartitionFolder, partitionFolder } from './partition-folder.ts'
import { readTopicId } from './partition-metadata.ts'

/** A partition found on disk that was not opened yet. */
export interface FoundPartition {
  topic: string
  partition: number
  /** Null when the folder does not say, or what it says is damaged. */
  topicId: string | null
}

/** The partitions in a data folder, by topic and partition. */
export function findPartitions(files: Files, folder: string): FoundPartition[] {
  return files
    .list(folder)
    .filter((entry) => entry.isFolder)
    .map((entry) => parsePartitionFolder(entry.name))
    .filter((found) => found !== null)
    .map(({ topic, partition }) => {
      const { id } = readTopicId(files, `${folder}/${partitionFolder(topic, partition)}`)
      return { topic, partition, topicId: id }
    })
    .sort((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1))
}
