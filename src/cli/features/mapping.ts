import { Failure } from '../failures.ts'
import type { Listing } from '../output.ts'
import { defaultLevel, FEATURES, METADATA_VERSION, releaseName, requireRelease } from './releases.ts'

export const MAPPING_COLUMNS = ['feature', 'level', 'release'] as const
export const DEPENDENCY_COLUMNS = ['feature', 'level', 'dependency', 'dependencyLevel'] as const

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
  if (!/^[+-]?\d+$/.test(level) || Math.abs(Number(level)) > 32767) {
    throw new Failure(`Can't parse feature=level string ${text}: unable to parse ${level} as a short.`)
  }
  return { feature: text.slice(0, at).trim(), level: Number(level) }
}

/** What `feature-dependencies` prints: what each level needs. */
export function dependencyListing(levels: readonly FeatureLevel[]): Listing {
  const found = levels.map(({ feature, level }) => ({ feature, level, needs: needsOf(feature, level) }))
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

function needsOf(feature: string, level: number): number | undefined {
  if (feature === METADATA_VERSION) {
    if (releaseName(level) === undefined) throw new Failure(`Unknown metadata.version ${level}`)
    return undefined
  }
  const known = FEATURES.find(({ name }) => name === feature)
  if (known === undefined) throw new Failure(`Unknown feature: ${feature}`)
  if (level < 0 || level > known.maxLevel)
    throw new Failure(`No feature:${feature} with feature level ${level}`)
  return known.needs[level]
}
