import { closest } from '../did-you-mean.ts'
import { UsageError } from '../failures.ts'
import type { Given } from '../option-spec.ts'

export type EntityType =
  | 'topics'
  | 'clients'
  | 'users'
  | 'brokers'
  | 'broker-loggers'
  | 'ips'
  | 'client-metrics'
  | 'groups'

/** `topic` of `topics`. */
export const singular = (type: EntityType): string => type.slice(0, -1)

/** In the order in which Kafka names them. */
const ENTITY_TYPES: readonly EntityType[] = [
  'topics',
  'clients',
  'users',
  'brokers',
  'ips',
  'client-metrics',
  'groups',
  'broker-loggers',
]

/** Options that name an entity of one type, in Kafka's order. */
const NAMED: Readonly<Record<string, EntityType>> = {
  topic: 'topics',
  client: 'clients',
  user: 'users',
  broker: 'brokers',
  brokerLogger: 'broker-loggers',
  ip: 'ips',
  clientMetrics: 'client-metrics',
  group: 'groups',
}

/** Options that stand for the default entity of a type. */
const DEFAULTS: Readonly<Record<string, EntityType>> = {
  clientDefaults: 'clients',
  userDefaults: 'users',
  brokerDefaults: 'brokers',
  ipDefaults: 'ips',
}

/** What settings belong to. */
export interface Entities {
  readonly types: readonly EntityType[]
  /** Names of the entities of those types, in order; '' is the default entity, a missing one means all. */
  readonly names: readonly string[]
}

/** The entities that the options name; UsageError in Kafka's words where they do not go together. */
export function readEntities(given: Given): Entities {
  const shortcuts = Object.entries(NAMED).filter(([option]) => given.has(option))
  const defaults = Object.entries(DEFAULTS).filter(([option]) => given.has(option))
  const types = [...given.texts('entityType'), ...[...shortcuts, ...defaults].map(([, type]) => type)]
  const entityNames = [...given.texts('entityName')]
  const generic = given.order.flatMap((option) =>
    option === 'entityName' ? [entityNames.shift() ?? ''] : option === 'entityDefault' ? [''] : [],
  )
  const names = [
    ...generic,
    ...shortcuts.flatMap(([option]) => given.texts(option)),
    ...defaults.map(() => ''),
  ]
  checkTypes(types)
  const hasGeneric = given.has('entityName') || given.has('entityType') || given.has('entityDefault')
  if (hasGeneric && shortcuts.length + defaults.length > 0) {
    throw new UsageError(
      '--entity-{type,name,default} should not be used in conjunction with specific entity flags',
    )
  }
  return { types, names }
}

function checkTypes(types: readonly string[]): asserts types is EntityType[] {
  const repeated = types.filter((type, at) => types.indexOf(type) !== at)
  if (repeated.length > 0) throw new UsageError(`Duplicate entity type(s) specified: ${repeated.join(',')}`)
  const unknown = types.find((type) => !(ENTITY_TYPES as readonly string[]).includes(type))
  if (unknown !== undefined) {
    const near = closest(unknown, ENTITY_TYPES)
    throw new UsageError(
      `Invalid entity type ${unknown}, the entity type must be one of ${ENTITY_TYPES.join(', ')} ` +
        'with a --bootstrap-server or --bootstrap-controller argument',
      {
        hint:
          near === undefined
            ? `as in --entity-type topics --entity-name ${unknown || 'NAME'}`
            : `did you mean ${near}?`,
      },
    )
  }
  if (types.length === 0) throw new UsageError('At least one entity type must be specified')
  const isUserAndClient = types.length === 2 && types.includes('users') && types.includes('clients')
  if (types.length > 1 && !isUserAndClient) {
    throw new UsageError("Only 'users' and 'clients' entity types may be specified together")
  }
}

const isBroker = (type: EntityType | undefined): boolean => type === 'brokers' || type === 'broker-loggers'

const HAS_DEFAULT: ReadonlySet<EntityType> = new Set(['users', 'clients', 'brokers', 'ips'])

// Differs: Kafka takes an empty name, as that of a variable that is not set, for the default entity, and changes all of them.
function refuseEmptyNames(given: Given): void {
  for (const option of ['entityName', ...Object.keys(NAMED)]) {
    if (!given.texts(option).includes('')) continue
    const flag = option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    throw new UsageError(`--${flag} has an empty value`, {
      hint: '--entity-default stands for the default of all entities of a type',
    })
  }
}

/** Refuses entities that the action cannot be done with. */
export function checkEntities({ types, names }: Entities, action: 'describe' | 'alter', given: Given): void {
  const type = types[0]!
  const hasName = names.some((name) => name !== '')
  const hasDefault = names.includes('')
  const notANumber = isBroker(type)
    ? names.find((name) => name !== '' && !/^[+-]?\d+$/.test(name))
    : undefined
  if (notANumber !== undefined) {
    throw new UsageError(
      `The entity name for ${type} must be a valid integer broker id, but it is: ${notANumber}`,
    )
  }
  if (action === 'describe') {
    if (!HAS_DEFAULT.has(type) && given.has('entityDefault')) {
      throw new UsageError(`--entity-default must not be specified with --describe of ${types.join(',')}`)
    }
    if (type === 'broker-loggers' && !hasName) {
      throw new UsageError(`An entity name must be specified with --describe of ${types.join(',')}`)
    }
    return
  }
  if (HAS_DEFAULT.has(type)) {
    refuseEmptyNames(given)
    if (!hasName && !hasDefault) {
      throw new UsageError(
        'An entity-name or default entity must be specified with --alter of users, clients, brokers or ips',
      )
    }
  } else if (!hasName) {
    throw new UsageError(`An entity name must be specified with --alter of ${types.join(',')}`)
  }
  if (types.length !== names.length)
    throw new UsageError('An entity name must be specified for every entity type')
}
