import { Failure } from '../failures.ts'
import type { Listing } from '../output.ts'
import { defaultLevel, FEATURES, featureNamed, METADATA_VERSION, metadataVersionName } from './features.ts'

/** The levels of all features in a new cluster of this metadata.version, which is called `version` in the text. */
export function featureListing(metadataLevel: number, version: string): Listing {
  const items = [
    { feature: METADATA_VERSION, level: metadataLevel, version },
    ...FEATURES.map((feature) => ({
      feature: feature.name,
      level: defaultLevel(feature, metadataLevel),
      version: null,
    })),
  ]
  return {
    text: () =>
      items
        .map(
          ({ feature, level, version }) => `${feature}=${level}${version === null ? '' : ` (${version})`}\n`,
        )
        .join(''),
    items,
    columns: ['feature', 'level', 'version'],
    names: () => items.map(({ feature }) => feature),
  }
}

/** What each of the given `name=level` needs; Failure in Kafka's words. */
export function needsListing(texts: readonly string[]): Listing {
  const items = texts.map((text) => {
    const [, feature = '', levelText] = /^([^=]*)=(.*)$/s.exec(text) ?? []
    if (levelText === undefined || !/^-?\d+$/.test(levelText)) {
      throw new Failure(
        `Invalid feature format: ${text}. Expected format: 'feature=version' (e.g. 'group.version=1')`,
      )
    }
    const level = Number(levelText)
    return { feature, level, version: versionName(feature, level), needs: needsOf(feature, level) }
  })
  return {
    text: () => items.map(needsText).join(''),
    items,
    rows: items.map(({ feature, level, version, needs }) => ({
      feature,
      level,
      version,
      needs: needs.map(levelText),
    })),
    columns: ['feature', 'level', 'version', 'needs'],
    names: () => [...new Set(items.flatMap(({ needs }) => needs.map(({ feature }) => feature)))],
  }
}

type Level = { readonly feature: string; readonly level: number; readonly version: string | null }

const versionName = (feature: string, level: number): string | null =>
  feature === METADATA_VERSION ? (metadataVersionName(level) ?? null) : null

function needsOf(name: string, level: number): Level[] {
  if (name === METADATA_VERSION) {
    if (metadataVersionName(level) === undefined) throw new Failure(`Unknown metadata.version ${level}`)
    return []
  }
  const feature = featureNamed(name)
  if (!feature) throw new Failure(`Unknown feature: ${name}`)
  if (level < 0 || level > feature.maxLevel) {
    throw new Failure(`Feature level ${level} is not supported for feature ${name}`)
  }
  return (feature.needs.get(level) ?? []).map(([needed, neededLevel]) => ({
    feature: needed,
    level: neededLevel,
    version: versionName(needed, neededLevel),
  }))
}

const levelText = ({ feature, level, version }: Level): string =>
  `${feature}=${level}${version === null ? '' : ` (${version})`}`

function needsText(item: Level & { needs: readonly Level[] }): string {
  if (item.needs.length === 0) return `${levelText(item)} has no dependencies.\n`
  return [`${levelText(item)} requires:`, ...item.needs.map((need) => `    ${levelText(need)}`)]
    .map((line) => `${line}\n`)
    .join('')
}
