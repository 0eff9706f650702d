// Whether a feature may get another level, in the words of Kafka's FeatureControlManager.

import { KafkaError } from '../../protocol/errors.ts'
import { FeatureLevelRecord } from '../../protocol/messages/stored-metadata.ts'
import { finalizedFeatures, KRAFT_VERSION, METADATA_VERSION, supportedFeature } from './features.ts'
import type { MetadataImage } from './image.ts'
import { type MetadataRecord, metadataRecord } from './record.ts'

export interface FeatureUpdate {
  readonly feature: string
  readonly maxVersionLevel: number
  /** One of UPGRADE_TYPES; anything else is refused. */
  readonly upgradeType: number
}

export const UPGRADE_TYPES = { UPGRADE: 1, SAFE_DOWNGRADE: 2, UNSAFE_DOWNGRADE: 3 } as const

/** The records that make the updates, all or none; `controller` is the id that its messages name. */
export function planFeatureUpdates(
  updates: readonly FeatureUpdate[],
  image: MetadataImage,
  controller: number,
): MetadataRecord[] {
  return updates.flatMap((update) => planUpdate(update, image, controller) ?? [])
}

function planUpdate(
  { feature, maxVersionLevel: level, upgradeType }: FeatureUpdate,
  image: MetadataImage,
  controller: number,
): MetadataRecord | undefined {
  const refuse = (problem: string): never => {
    throw new KafkaError(
      'INVALID_UPDATE_VERSION',
      `The update failed for all features since the following feature had an error: ${problem}`,
    )
  }
  const invalid = (problem: string): never =>
    refuse(`Invalid update version ${level} for feature ${feature}. ${problem}`)
  const supported = supportedFeature(feature)
  const current = finalizedFeatures(image).find(({ name }) => name === feature)?.maxVersionLevel ?? 0
  const isKnownType = Object.values<number>(UPGRADE_TYPES).includes(upgradeType)
  if (!isKnownType) return invalid('The controller does not support the given upgrade type.')
  if (level < 0) return invalid('A feature version cannot be less than 0.')
  if (!supported) {
    return invalid(
      level === 0
        ? `Feature ${feature} not found.`
        : `Local controller ${controller} does not support this feature.`,
    )
  }
  const { minVersion, maxVersion } = supported
  if (level < minVersion || level > maxVersion) {
    return invalid(`Local controller ${controller} only supports versions ${minVersion}-${maxVersion}`)
  }
  if (level < current) {
    if (feature === KRAFT_VERSION) return invalid("Can't downgrade the version of this feature.")
    if (upgradeType === UPGRADE_TYPES.UPGRADE) {
      return invalid(
        "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.",
      )
    }
    if (feature === METADATA_VERSION) {
      const isSafe = upgradeType === UPGRADE_TYPES.SAFE_DOWNGRADE
      return refuse(
        `Unsupported metadata.version downgrade from ${current} to ${level}. ` +
          (isSafe
            ? 'Refusing to perform the requested downgrade because it might delete metadata information.'
            : 'Unsafe metadata downgrade is not supported in this version.'),
      )
    }
  }
  if (level === current) return undefined
  return metadataRecord(FeatureLevelRecord, { name: feature, featureLevel: level })
}
