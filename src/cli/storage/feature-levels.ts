import { Failure } from '../failures.ts'
import {
  defaultLevel,
  FEATURES,
  FIRST_KNOWN,
  featureNamed,
  KRAFT_VERSION,
  LATEST_KNOWN,
  LATEST_PRODUCTION,
  METADATA_VERSION,
  metadataVersionName,
  metadataVersionOf,
} from './features.ts'

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
  const asked = new Map(request.features.map(parseFeature))
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
      throw new Failure(`No feature:${feature.name} with feature level ${level}`)
    }
    levels.set(feature.name, level)
  }
  checkNeeds(levels)
  return levels
}

function parseFeature(text: string): [name: string, level: number] {
  const at = text.indexOf('=')
  if (at < 0) throw new Failure(`Can't parse feature=level string ${text}: equals sign not found.`)
  const level = text.slice(at + 1).trim()
  if (!/^[+-]?\d{1,5}$/.test(level)) {
    throw new Failure(`Can't parse feature=level string ${text}: unable to parse ${level} as a short.`)
  }
  return [text.slice(0, at).trim(), Number(level)]
}

function chooseMetadataLevel(asked: number | undefined, releaseVersion: string | undefined): number {
  if (asked === undefined) {
    return releaseVersion === undefined
      ? LATEST_PRODUCTION
      : metadataVersionOf(releaseVersion, LATEST_PRODUCTION)
  }
  if (releaseVersion !== undefined) {
    throw new Failure('Use --release-version instead of --feature metadata.version=X to avoid ambiguity.')
  }
  const name = metadataVersionName(asked)
  if (name === undefined) {
    throw new Failure(
      `No MetadataVersion with feature level ${asked}. Valid feature levels are from ${FIRST_KNOWN} to ${LATEST_KNOWN}.`,
    )
  }
  if (asked > LATEST_PRODUCTION) throw new Failure(`metadata.version ${name} is not yet stable.`)
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
    for (const [name, needed] of feature.needs.get(level) ?? []) {
      if (levels.get(name)! < needed) {
        throw new Failure(
          `${feature.name} could not be set to ${level} because it depends on ${name} level ${needed}`,
        )
      }
    }
  }
}
