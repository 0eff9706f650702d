import type { Int64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import type { Listing } from '../output/listing.ts'
import { METADATA_VERSION, releaseName } from './releases.ts'

export interface FeatureRow {
  readonly feature: string
  readonly minVersion: number
  readonly maxVersion: number
  /** 0 where the feature is off. */
  readonly finalizedLevel: number
  /** Grows with every change of a feature; null while nothing was finalized. */
  readonly epoch: Int64 | null
}

const FEATURE_COLUMNS = ['feature', 'minVersion', 'maxVersion', 'finalizedLevel', 'epoch'] as const

/** What one broker, or any, supports and what the cluster agreed on. */
export async function askFeatures(cluster: Cluster, nodeId: number | undefined): Promise<FeatureRow[]> {
  const connection = await (nodeId === undefined
    ? cluster.retrying(cluster.deadline(), () => cluster.connectionFor('any'))
    : cluster.connectionTo(nodeId))
  const { supportedFeatures, finalizedFeatures, finalizedFeaturesEpoch } = connection.apiVersions
  return supportedFeatures
    .map(({ name, minVersion, maxVersion }) => ({
      feature: name,
      minVersion,
      maxVersion,
      finalizedLevel: finalizedFeatures.find((finalized) => finalized.name === name)?.maxVersionLevel ?? 0,
      epoch: finalizedFeaturesEpoch < 0 ? null : finalizedFeaturesEpoch,
    }))
    .sort((a, b) => (a.feature < b.feature ? -1 : 1))
}

/** What `features describe` prints. */
export function featureListing(rows: readonly FeatureRow[]): Listing {
  return {
    text: () => rows.map(featureLine).join(''),
    columns: FEATURE_COLUMNS,
    items: rows.map((row) => ({ ...row })),
    names: () => rows.map(({ feature }) => feature),
  }
}

function featureLine({ feature, minVersion, maxVersion, finalizedLevel, epoch }: FeatureRow): string {
  const level = (value: number) => levelText(feature, value).padEnd(17)
  return (
    `Feature: ${feature.padEnd(42)}SupportedMinVersion: ${level(minVersion)}SupportedMaxVersion: ${level(maxVersion)}` +
    `FinalizedVersionLevel: ${level(finalizedLevel)}Epoch: ${epoch ?? '-'}\n`
  )
}

function levelText(feature: string, level: number): string {
  if (feature !== METADATA_VERSION) return String(level)
  return releaseName(level) ?? `UNKNOWN [${level}]`
}
