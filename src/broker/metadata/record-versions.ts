// Which version of a record a cluster can read: that of its metadata.version, which may be older than this broker.

import { METADATA_VERSION } from './features.ts'
import type { MetadataImage } from './image.ts'

// Levels of metadata.version, by the release that brought them.
const IS_3_4_IV0 = 8
const IS_3_7_IV2 = 17
const IS_4_0_IV1 = 23
const IS_4_3_IV0 = 30

const levelOf = (image: MetadataImage): number => image.features.get(METADATA_VERSION) ?? IS_4_3_IV0

/** Of PartitionRecord and PartitionChangeRecord. */
export function partitionRecordVersion(image: MetadataImage): number {
  const level = levelOf(image)
  if (level >= IS_4_0_IV1) return 2
  return level >= IS_3_7_IV2 ? 1 : 0
}

/** Whether records say in which folder a replica is. */
export const hasDirectories = (image: MetadataImage): boolean => levelOf(image) >= IS_3_7_IV2

/** Of RegisterBrokerRecord. */
export function registerBrokerRecordVersion(image: MetadataImage): number {
  const level = levelOf(image)
  if (level >= IS_4_3_IV0) return 4
  if (level >= IS_3_7_IV2) return 3
  return level >= IS_3_4_IV0 ? 2 : 1
}
