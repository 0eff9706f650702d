import { Failure } from '../failures.ts'
import type { Listing } from '../output/listing.ts'
import {
  defaultLevel,
  FEATURES,
  featureNamed,
  METADATA_VERSION,
  releaseName,
  requireRelease,
} from './releases.ts'

const MAPPING_COLUMNS = ['feature', 'level', 'release'] as const
const DEPENDENCY_COLUMNS = ['feature', 'level', 'dependency', 'dependencyLevel'] as const

/** What `version-mapping` prints: the level of each feature in a release. */
export function mappingListing(release: string): Listing {
  const metadataVersion = requireRelease(release)
  const items = [
    { feature: METADATA_VERSION, level: metadataVersion, release },
    ...FEATURES.map((feature) => ({
      feature: feature.name,
      level: defaultLevel(feature, metadataVersion),
      release: null,
    })),
  ]
  return {
    text: () =>
      items
        .map(({ feature, level, release: of }) => `${feature}=${level}${of === null ? '' : ` (${of})`}\n`)
        .join(''),
    columns: MAPPING_COLUMNS,
    items,
    names: () => items.map(({ feature }) => feature),
  }
}

export interface FeatureLevel {
  readonly feature: string
  readonly level: number
}

/** `share.version=1`; Failure in Kafka's words when it is not of that form. */
export function parseFeatureLevel(text: string): FeatureLevel {
  const at = text.indexOf('=')
  if (at < 0) throw new Failure(`Can't parse feature=level string ${text}: equals sign not found.`)
  const level = text.slice(at + 1).trim()
  if (!/^[+-]?\d+$/.test(level) || Number(level) < -32768 || Number(level) > 32767) {
    throw new Failure(`Can't parse feature=level string ${text}: unable to parse ${level} as a short.`)
  }
  return { feature: text.slice(0, at).trim(), level: Number(level) }
}

export const noSuchLevel = ({ feature, level }: FeatureLevel): string =>
  `No feature:${feature} with feature level ${level}`

/** What `feature-dependencies` prints: what each level needs. Each tool refuses a level that there is not in words of its own. */
export function dependencyListing(levels: readonly FeatureLevel[], wordNoLevel = noSuchLevel): Listing {
  const found = levels.map((asked) => ({ ...asked, needs: needsOf(asked, wordNoLevel) }))
  const items = found.map(({ feature, level, needs }) => ({
    feature,
    level,
    dependency: needs === undefined ? null : METADATA_VERSION,
    dependencyLevel: needs ?? null,
  }))
  return {
    text: () =>
      found
        .map(({ feature, level, needs }) =>
          needs === undefined
            ? `${withRelease(feature, level)} has no dependencies.\n`
            : `${withRelease(feature, level)} requires:\n    ${withRelease(METADATA_VERSION, needs)}\n`,
        )
        .join(''),
    columns: DEPENDENCY_COLUMNS,
    items,
    names: () => levels.map(({ feature }) => feature),
  }
}

function withRelease(feature: string, level: number): string {
  return feature === METADATA_VERSION ? `${feature}=${level} (${releaseName(level)})` : `${feature}=${level}`
}

function needsOf(asked: FeatureLevel, wordNoLevel: typeof noSuchLevel): number | undefined {
  const { feature, level } = asked
  if (feature === METADATA_VERSION) {
    if (releaseName(level) === undefined) throw new Failure(`Unknown metadata.version ${level}`)
    return undefined
  }
  const known = featureNamed(feature)
  if (known === undefined) throw new Failure(`Unknown feature: ${feature}`)
  if (level < 0 || level > known.maxLevel) throw new Failure(wordNoLevel(asked))
  return known.needs[level]
}
