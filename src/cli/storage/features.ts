// The versions of Apache Kafka 4.3.1's features, and what each needs of the others.

import { Failure } from '../failures.ts'

export const METADATA_VERSION = 'metadata.version'
export const KRAFT_VERSION = 'kraft.version'

interface MetadataVersion {
  readonly level: number
  /** `4.0-IV2`; `4.0` alone means its last. */
  readonly name: string
}

const FIRST_LEVEL = 7
const NAMES =
  '3.3-IV3 3.4-IV0 3.5-IV0 3.5-IV1 3.5-IV2 3.6-IV0 3.6-IV1 3.6-IV2 3.7-IV0 3.7-IV1 3.7-IV2 3.7-IV3 3.7-IV4 3.8-IV0 ' +
  '3.9-IV0 4.0-IV0 4.0-IV1 4.0-IV2 4.0-IV3 4.1-IV0 4.1-IV1 4.2-IV0 4.2-IV1 4.3-IV0 4.4-IV0'

const VERSIONS: readonly MetadataVersion[] = NAMES.split(' ').map((name, index) => ({
  level: FIRST_LEVEL + index,
  name,
}))
/** Later ones may still change, and are refused when formatting. */
export const LATEST_PRODUCTION = 30
export const SCRAM_SINCE = 11

interface Feature {
  readonly name: string
  readonly maxLevel: number
  /** The level that a cluster gets when it starts with a metadata.version of at least `since`; the last that fits. */
  readonly defaults: readonly (readonly [since: number, level: number])[]
  /** What a level needs. */
  readonly needs: ReadonlyMap<number, readonly (readonly [feature: string, level: number])[]>
}

const NO_NEEDS: Feature['needs'] = new Map()
const ELR_NEEDS: Feature['needs'] = new Map([[1, [[METADATA_VERSION, 23]]]])

/** In the order in which Kafka lists them. */
export const FEATURES: readonly Feature[] = [
  { name: KRAFT_VERSION, maxLevel: 1, defaults: [[21, 1]], needs: NO_NEEDS },
  { name: 'transaction.version', maxLevel: 2, defaults: [[24, 2]], needs: NO_NEEDS },
  { name: 'group.version', maxLevel: 1, defaults: [[22, 1]], needs: NO_NEEDS },
  { name: 'eligible.leader.replicas.version', maxLevel: 1, defaults: [[26, 1]], needs: ELR_NEEDS },
  { name: 'share.version', maxLevel: 1, defaults: [[28, 1]], needs: NO_NEEDS },
  { name: 'streams.version', maxLevel: 1, defaults: [[29, 1]], needs: NO_NEEDS },
]

export const featureNamed = (name: string): Feature | undefined =>
  FEATURES.find((feature) => feature.name === name)

/** The level a feature has by default in a cluster of this metadata.version. */
export const defaultLevel = ({ defaults }: Feature, metadataLevel: number): number =>
  defaults.findLast(([since]) => metadataLevel >= since)?.[1] ?? 0

/** `21` → `3.9-IV0`; undefined for a level that does not exist. */
export const metadataVersionName = (level: number): string | undefined =>
  VERSIONS.find((version) => version.level === level)?.name

/** The level of `3.9` or `3.7-IV2`; Failure in Kafka's words. `upTo` is the last level that may be named. */
export function metadataVersionOf(text: string, upTo: number): number {
  const allowed = VERSIONS.filter(({ level }) => level <= upTo)
  const found = allowed.findLast(({ name }) => name === text || name.startsWith(`${text}-`))
  if (found) return found.level
  const names = allowed.map(({ name }) => name).join(', ')
  throw new Failure(`Unknown metadata.version '${text}'. Supported metadata.version are: ${names}`)
}

/** Also those that may still change. */
export const LATEST_KNOWN = VERSIONS.at(-1)!.level
export const FIRST_KNOWN = FIRST_LEVEL
