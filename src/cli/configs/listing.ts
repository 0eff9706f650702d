import type { Listing, Row } from '../output/listing.ts'

export interface ShownConfig {
  readonly name: string
  readonly value: string | null
  /** null where the cluster does not tell, as of quotas. */
  readonly source: string | null
  readonly isSensitive: boolean
  readonly isReadOnly: boolean
  readonly synonyms: readonly {
    readonly source: string
    readonly name: string
    readonly value: string | null
  }[]
}

/** A quota or credential: of these the cluster tells nothing but the value. */
export const bareConfig = (name: string, value: string): ShownConfig => ({
  name,
  value,
  source: null,
  isSensitive: false,
  isReadOnly: false,
  synonyms: [],
})

/** The settings of one entity; either under a title, or in one line. */
export interface EntityConfigs {
  /** What it is and its name, null for the default one: `{ topic: 'orders' }`, `{ user: 'a', clientId: null }`. */
  readonly entity: Readonly<Record<string, string | null>>
  readonly title?: string
  readonly line?: string
  readonly configs: readonly ShownConfig[]
}

const CONFIG_COLUMNS = ['entity', 'name', 'value', 'source', 'isSensitive', 'isReadOnly'] as const

/** What `configs --describe` prints. */
export function configListing(entities: readonly EntityConfigs[]): Listing {
  const rows = entities.flatMap(({ entity, configs }) => configs.map((config) => ({ entity, ...config })))
  return {
    text: () => entities.map(entityText).join(''),
    columns: CONFIG_COLUMNS,
    rows: rows.map(({ entity, synonyms: _, ...config }): Row => ({ ...config, entity: entityName(entity) })),
    items: rows.map(
      ({ synonyms, ...row }): Row => ({ ...row, synonyms: synonyms.map((synonym) => ({ ...synonym })) }),
    ),
    names: () => [
      ...new Set(entities.flatMap(({ entity }) => Object.values(entity).filter((name) => name !== null))),
    ],
  }
}

function entityText({ title, line, configs }: EntityConfigs): string {
  if (line !== undefined) return `${line}\n`
  const lines = configs.map(({ name, value, isSensitive, synonyms }) => {
    const others = synonyms.map((synonym) => `${synonym.source}:${synonym.name}=${synonym.value}`).join(', ')
    return `  ${name}=${value} sensitive=${isSensitive} synonyms={${others}}\n`
  })
  return `${title} are:\n${lines.join('')}`
}

const entityName = (entity: EntityConfigs['entity']): string =>
  Object.entries(entity)
    .map(([type, name]) => `${type}=${name ?? '<default>'}`)
    .join(',')
