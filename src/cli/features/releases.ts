// The features of Apache Kafka 4.3.1, the level each has from which metadata.version on, and what levels need: what the
// `version-mapping` and `feature-dependencies` of Kafka's tools tell.

import { Failure } from '../failures.ts'

export const METADATA_VERSION = 'metadata.version'
export const KRAFT_VERSION = 'kraft.version'

const METADATA_RELEASES = [
  '3.3-IV3',
  '3.4-IV0',
  '3.5-IV0',
  '3.5-IV1',
  '3.5-IV2',
  '3.6-IV0',
  '3.6-IV1',
  '3.6-IV2',
  '3.7-IV0',
  '3.7-IV1',
  '3.7-IV2',
  '3.7-IV3',
  '3.7-IV4',
  '3.8-IV0',
  '3.9-IV0',
  '4.0-IV0',
  '4.0-IV1',
  '4.0-IV2',
  '4.0-IV3',
  '4.1-IV0',
  '4.1-IV1',
  '4.2-IV0',
  '4.2-IV1',
  '4.3-IV0',
  '4.4-IV0',
] as const
export const FIRST_LEVEL = 7
export const LAST_LEVEL = FIRST_LEVEL + METADATA_RELEASES.length - 1
/** 4.4-IV0 is known but may still change: no cluster starts with it, and nothing but its full name stands for it. */
export const LAST_STABLE_LEVEL = 30

interface Feature {
  readonly name: string
  readonly maxLevel: number
  /** Since which metadata.version the feature is at its highest level by default. */
  readonly defaultSince: number
  /** What a level needs of metadata.version. */
  readonly needs: Readonly<Record<number, number>>
}

/** In the order in which Kafka's tools list them. */
export const FEATURES: readonly Feature[] = [
  { name: KRAFT_VERSION, maxLevel: 1, defaultSince: 21, needs: {} },
  { name: 'transaction.version', maxLevel: 2, defaultSince: 24, needs: {} },
  { name: 'group.version', maxLevel: 1, defaultSince: 22, needs: {} },
  { name: 'eligible.leader.replicas.version', maxLevel: 1, defaultSince: 26, needs: { 1: 23 } },
  { name: 'share.version', maxLevel: 1, defaultSince: 28, needs: {} },
  { name: 'streams.version', maxLevel: 1, defaultSince: 29, needs: {} },
]

export const featureNamed = (name: string): Feature | undefined =>
  FEATURES.find((feature) => feature.name === name)

/** The level a feature has by default in a cluster of this metadata.version. */
export const defaultLevel = ({ defaultSince, maxLevel }: Feature, metadataVersion: number): number =>
  metadataVersion >= defaultSince ? maxLevel : 0

/** `3.9-IV0` of level 21; undefined for a level that is unknown. */
export const releaseName = (level: number): string | undefined => METADATA_RELEASES[level - FIRST_LEVEL]

/** The level of `3.9-IV0`, `3.9` or `3.9.1`; undefined for a release that is unknown. */
export function releaseLevel(release: string): number | undefined {
  const [major, minor] = release.split('.')
  const prefix = release.includes('-IV') ? release : `${major}.${minor}-IV`
  const at = METADATA_RELEASES.findLastIndex(
    (name, index) =>
      name === release ||
      (prefix !== release && name.startsWith(prefix) && index <= LAST_STABLE_LEVEL - FIRST_LEVEL),
  )
  return at < 0 ? undefined : at + FIRST_LEVEL
}

/** As releaseLevel; Failure in Kafka's words for a release that is unknown or has a level above `lastLevel`. */
export function requireRelease(release: string, lastLevel = LAST_LEVEL): number {
  const level = releaseLevel(release)
  if (level !== undefined && level <= lastLevel) return level
  const known = METADATA_RELEASES.slice(0, lastLevel - FIRST_LEVEL + 1).join(', ')
  throw new Failure(`Unknown metadata.version '${release}'. Supported metadata.version are: ${known}`)
}
