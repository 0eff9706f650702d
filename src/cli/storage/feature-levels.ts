import { Failure } from '../failures.ts'
import { type FeatureLevel, noSuchLevel, parseFeatureLevel } from '../features/mapping.ts'
import {
  defaultLevel,
  FEATURES,
  FIRST_LEVEL,
  featureNamed,
  KRAFT_VERSION,
  LAST_LEVEL,
  LAST_STABLE_LEVEL,
  METADATA_VERSION,
  releaseName,
  requireRelease,
} from '../features/releases.ts'

export interface FeatureRequest {
  /** `--release-version`. */
  releaseVersion: string | undefined
  /** `--feature name=level`, repeated. */
  features: readonly string[]
  /** The voters are kept in the metadata log, not in the configuration. */
  hasDynamicQuorum: boolean
}

/** The levels of all features that a new cluster starts with, by name. Failure in Kafka's words. */
export function initialLevels(request: FeatureRequest): ReadonlyMap<string, number> {
  const asked = new Map(request.features.map(parseFeatureLevel).map(({ feature, level }) => [feature, level]))
  const metadataLevel = chooseMetadataLevel(asked.get(METADATA_VERSION), request.releaseVersion)
  const levels = new Map([[METADATA_VERSION, metadataLevel]])
  for (const name of asked.keys()) {
    if (name !== METADATA_VERSION && !featureNamed(name)) {
      const names = FEATURES.map((feature) => feature.name).sort()
      throw new Failure(`Unsupported feature: ${name}. Supported features are: ${names.join(', ')}`)
    }
  }
  for (const feature of FEATURES) {
    const level =
      feature.name === KRAFT_VERSION
        ? kraftLevel(asked.get(KRAFT_VERSION), request.hasDynamicQuorum)
        : (asked.get(feature.name) ?? defaultLevel(feature, metadataLevel))
    if (level < 0 || level > feature.maxLevel) {
      throw new Failure(noSuchLevel({ feature: feature.name, level }))
    }
    levels.set(feature.name, level)
  }
  checkNeeds(levels)
  return levels
}

function chooseMetadataLevel(asked: number | undefined, releaseVersion: string | undefined): number {
  if (asked === undefined) {
    return releaseVersion === undefined
      ? LAST_STABLE_LEVEL
      : requireRelease(releaseVersion, LAST_STABLE_LEVEL)
  }
  if (releaseVersion !== undefined) {
    throw new Failure('Use --release-version instead of --feature metadata.version=X to avoid ambiguity.')
  }
  const name = releaseName(asked)
  if (name === undefined) {
    throw new Failure(
      `No MetadataVersion with feature level ${asked}. Valid feature levels are from ${FIRST_LEVEL} to ${LAST_LEVEL}.`,
    )
  }
  if (asked > LAST_STABLE_LEVEL) throw new Failure(`metadata.version ${name} is not yet stable.`)
  return asked
}

const QUORUM_FLAGS = '--standalone, --initial-controllers, or --no-initial-controllers'

function kraftLevel(asked: number | undefined, hasDynamicQuorum: boolean): number {
  if (asked === undefined) return hasDynamicQuorum ? 1 : 0
  if (asked === 0 && hasDynamicQuorum) {
    throw new Failure(
      `Cannot set kraft.version to 0 if controller.quorum.voters is empty and one of the flags ${QUORUM_FLAGS} is used. ` +
        'For dynamic controllers support, try removing the --feature flag for kraft.version.',
    )
  }
  if (asked !== 0 && !hasDynamicQuorum) {
    throw new Failure(
      `Cannot set kraft.version to ${asked} unless controller.quorum.voters is empty and one of the flags ${QUORUM_FLAGS} is used. ` +
        `For dynamic controllers support, try using one of ${QUORUM_FLAGS} and removing controller.quorum.voters.`,
    )
  }
  return asked
}

function checkNeeds(levels: ReadonlyMap<string, number>): void {
  for (const feature of FEATURES) {
    const level = levels.get(feature.name)!
    const needed = feature.needs[level]
    if (needed !== undefined && levels.get(METADATA_VERSION)! < needed) {
      throw new Failure(
        `${feature.name} could not be set to ${level} because it depends on ${METADATA_VERSION} level ${needed}`,
      )
    }
  }
}

/** As parseFeatureLevel, in the words that `feature-dependencies` of this tool has. */
export function parseNeededLevel(text: string): FeatureLevel {
  const [, feature, level] = /^([^=]*)=(.*)$/s.exec(text) ?? []
  if (feature === undefined || level === undefined) {
    throw new Failure(
      `Invalid feature format: ${text}. Expected format: 'feature=version' (e.g. 'group.version=1')`,
    )
  }
  if (!/^-?\d+$/.test(level)) throw new Failure(`Invalid version format: ${level} for feature ${feature}`)
  return { feature, level: Number(level) }
}

export const unsupportedLevel = ({ feature, level }: FeatureLevel): string =>
  `Feature level ${level} is not supported for feature ${feature}`
