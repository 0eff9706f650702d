import type { Cluster } from '../../client/cluster.ts'
import { itemError, KafkaError } from '../../protocol/errors.ts'
import { UpdateFeatures } from '../../protocol/messages/cluster.ts'
import type { Context } from '../context.ts'
import { Failure } from '../failures.ts'
import type { FeatureLevel } from './mapping.ts'
import { parseFeatureLevel } from './mapping.ts'
import { defaultLevel, FEATURES, METADATA_VERSION, requireRelease } from './releases.ts'

export type Operation = 'upgrade' | 'downgrade' | 'disable'

/** UpgradeType on the wire. */
const UPGRADE_TYPES = { upgrade: 1, safeDowngrade: 2, unsafeDowngrade: 3 } as const

export interface Wanted {
  readonly metadata?: string | undefined
  readonly releaseVersion?: string | undefined
  readonly feature: readonly string[]
}

/** The levels that the options of `upgrade` and `downgrade` ask for. */
export function wantedLevels(
  operation: Operation,
  { metadata, releaseVersion, feature }: Wanted,
): FeatureLevel[] {
  if (releaseVersion !== undefined) {
    if (metadata !== undefined || feature.length > 0) {
      throw new Failure('Can not specify `release-version` with other feature flags.')
    }
    const metadataVersion = requireRelease(releaseVersion)
    const levels = FEATURES.map((known) => ({
      feature: known.name,
      level: defaultLevel(known, metadataVersion),
    }))
    // A feature cannot be upgraded to "off".
    const possible = levels.filter(({ level }) => operation !== 'upgrade' || level > 0)
    return [{ feature: METADATA_VERSION, level: metadataVersion }, ...possible]
  }
  const levels = feature.map(parseFeatureLevel)
  if (metadata === undefined) return requireDistinct(levels)
  return requireDistinct([{ feature: METADATA_VERSION, level: requireRelease(metadata) }, ...levels])
}

export function requireDistinct(levels: readonly FeatureLevel[]): FeatureLevel[] {
  const names = levels.map(({ feature }) => feature)
  const repeated = names.find((name, at) => names.indexOf(name) !== at)
  if (repeated !== undefined) throw new Failure(`Feature ${repeated} was specified more than once.`)
  return [...levels]
}

/** Changes the levels, all or none, and says what became of each. */
export async function updateFeatures(
  cluster: Cluster,
  operation: Operation,
  levels: readonly FeatureLevel[],
  { unsafe, dryRun }: { readonly unsafe: boolean; readonly dryRun: boolean },
  context: Context,
): Promise<void> {
  const downgrade = unsafe ? UPGRADE_TYPES.unsafeDowngrade : UPGRADE_TYPES.safeDowngrade
  const upgradeType = operation === 'upgrade' ? UPGRADE_TYPES.upgrade : downgrade
  const errors = await send(cluster, levels, upgradeType, dryRun)
  let failed = 0
  for (const { feature, level } of [...levels].sort((a, b) => (a.feature < b.feature ? -1 : 1))) {
    const error = errors.get(feature)
    const target = operation === 'disable' ? '' : ` to ${level}`
    if (error === undefined) {
      const done = operation === 'disable' ? 'disabled' : `${operation}d`
      context.io.out(`${feature} ${dryRun ? 'can be' : 'was'} ${done}${target}.\n`)
    } else {
      failed++
      context.say(`${dryRun ? 'Can not' : 'Could not'} ${operation} ${feature}${target}. ${error.message}`)
    }
  }
  if (failed > 0) throw new Failure(`${failed} out of ${levels.length} operation(s) failed.`)
}

async function send(
  cluster: Cluster,
  levels: readonly FeatureLevel[],
  upgradeType: number,
  validateOnly: boolean,
): Promise<Map<string, KafkaError>> {
  const featureUpdates = levels.map(({ feature, level }) => ({
    feature,
    maxVersionLevel: level,
    upgradeType,
  }))
  try {
    const answer = await cluster.request(
      UpdateFeatures,
      (version) => ({
        featureUpdates:
          version === 0
            ? levels.map(({ feature, level }) => ({
                feature,
                maxVersionLevel: level,
                allowDowngrade: upgradeType !== 1,
              }))
            : featureUpdates,
        validateOnly,
      }),
      { node: 'controller' },
    )
    const failed = answer.results.flatMap((result) => {
      const error = itemError(result)
      return error ? [[result.feature, error] as const] : []
    })
    return new Map(failed)
  } catch (error) {
    // One answer for all of them: nothing was changed.
    if (error instanceof KafkaError) return new Map(levels.map(({ feature }) => [feature, error]))
    throw error
  }
}
