// Names of partition folders: `<topic>-<partition>`, `<topic>-<partition>.<32 hex digits>-delete` once
// deleted, and `…-stray` when no topic claims it.

const MAX_NAME = 255

export interface TopicPartition {
  topic: string
  partition: number
}

export const partitionFolder = (topic: string, partition: number): string => `${topic}-${partition}`

/** The partition whose folder this is; null for any other name. */
export function parsePartitionFolder(name: string): TopicPartition | null {
  const [, topic, partition] = /^([a-zA-Z0-9._-]+)-(\d+)$/.exec(name) ?? []
  return topic === undefined ? null : { topic, partition: Number(partition) }
}

/** The name under which a deleted partition waits; long topic names are cut to fit a file name. */
export const deletedFolder = (topic: string, partition: number, uuidHex: string): string =>
  asideName(topic, partition, `${uuidHex}-delete`)

/** The name of a folder that no topic claims; it is kept, in case the metadata is what is wrong. */
export const strayFolder = (topic: string, partition: number, uuidHex: string): string =>
  asideName(topic, partition, `${uuidHex}-stray`)

function asideName(topic: string, partition: number, ending: string): string {
  const suffix = `-${partition}.${ending}`
  return topic.slice(0, MAX_NAME - suffix.length) + suffix
}

export const isDeletedFolder = (name: string): boolean => /\.[0-9a-f]{32}-delete$/.test(name)
