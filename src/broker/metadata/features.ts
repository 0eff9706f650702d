import type { MetadataImage } from './image.ts'

export interface FeatureRange {
  readonly name: string
  readonly minVersion: number
  readonly maxVersion: number
}

export const METADATA_VERSION = 'metadata.version'
export const KRAFT_VERSION = 'kraft.version'

/** What Apache Kafka 4.3.1 supports; level 0 of a feature is "off". */
export const SUPPORTED_FEATURES: readonly FeatureRange[] = [
  { name: 'eligible.leader.replicas.version', minVersion: 0, maxVersion: 1 },
  { name: 'group.version', minVersion: 0, maxVersion: 1 },
  { name: KRAFT_VERSION, minVersion: 0, maxVersion: 1 },
  { name: METADATA_VERSION, minVersion: 7, maxVersion: 30 },
  { name: 'share.version', minVersion: 0, maxVersion: 1 },
  { name: 'streams.version', minVersion: 0, maxVersion: 1 },
  { name: 'transaction.version', minVersion: 0, maxVersion: 2 },
]

/** The levels that a fresh log starts with, in the order in which Kafka's formatter writes them. */
export const INITIAL_FEATURES: readonly (readonly [name: string, level: number])[] = [
  [METADATA_VERSION, 30],
  ['eligible.leader.replicas.version', 1],
  ['group.version', 1],
  ['share.version', 1],
  ['streams.version', 1],
  ['transaction.version', 2],
]

/** The level of kraft.version lives in control records, not among the features. */
export const KRAFT_LEVEL = 1

export const supportedFeature = (name: string): FeatureRange | undefined =>
  SUPPORTED_FEATURES.find((feature) => feature.name === name)

/** Every feature that is on, as ApiVersions tells it. */
export function finalizedFeatures(image: MetadataImage) {
  const levels = [...image.features, [KRAFT_VERSION, KRAFT_LEVEL] as const]
  return levels.map(([name, level]) => ({ name, maxVersionLevel: level, minVersionLevel: level }))
}
