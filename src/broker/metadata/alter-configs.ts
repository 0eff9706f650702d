// What it takes to change the settings of a resource: Kafka checks the settings as they would be after the change, in
// an order and in words that clients know (ConfigAdminManager on the broker, ConfigurationControlManager behind it).

import { KafkaError } from '../../protocol/errors.ts'
import { ConfigRecord } from '../../protocol/messages/stored-metadata.ts'
import { checkReconfiguration } from '../config/broker-reconfiguration.ts'
import { BROKER_SETTINGS } from '../config/broker-settings.ts'
import { checkBrokerConfigs } from '../config/broker-validation.ts'
import { CONFIG_OPERATIONS, type ConfigChange } from '../config/config-change.ts'
import { ConfigError } from '../config/config-error.ts'
import { checkClientMetricsConfigs, checkGroupConfigs } from '../config/group-validation.ts'
import type { Setting } from '../config/setting.ts'
import { listItems } from '../config/setting-type.ts'
import { TOPIC_SETTINGS } from '../config/topic-config.ts'
import { checkTopicConfigs } from '../config/topic-validation.ts'
import { checkTopicName } from '../topic-names.ts'
import type { Controller } from './controller.ts'
import { type ConfigResource, RESOURCE_TYPES } from './image.ts'
import { type MetadataRecord, metadataRecord } from './record.ts'

const MAX_VALUE_BYTES = 32_767

const { TOPIC, BROKER, CLIENT_METRICS, GROUP } = RESOURCE_TYPES

/** The records of the changes; throws the KafkaError that says why the resource cannot have them. */
export function planConfigChanges(
  resource: ConfigResource,
  changes: readonly ConfigChange[],
  controller: Controller,
): MetadataRecord[] {
  const current = controller.image.configsOf(resource.type, resource.name)
  const next = new Map(current)
  const touched = new Map<string, string | null>()
  for (const change of changes) {
    const value = changedValue(resource, change, current)
    touched.set(change.name, value)
    if (value === null) next.delete(change.name)
    else next.set(change.name, value)
  }
  checkResource(resource, next, touched, controller)
  // Kafka writes the settings of brokers even when nothing changes: files they name may have.
  const isRewritten = resource.type === BROKER
  return [...touched]
    .filter(([name, value]) => isRewritten || value !== (current.get(name) ?? null))
    .map(([name, value]) => configRecord(resource, name, value))
}

/** As planConfigChanges, for settings that replace all the resource had. */
export function planNewConfigs(
  resource: ConfigResource,
  configs: ReadonlyMap<string, string>,
  controller: Controller,
): MetadataRecord[] {
  const current = controller.image.configsOf(resource.type, resource.name)
  const dropped = [...current.keys()].filter((name) => !configs.has(name))
  return planConfigChanges(
    resource,
    [
      ...Array.from(configs, ([name, value]) => ({ name, operation: CONFIG_OPERATIONS.SET, value })),
      ...dropped.map((name) => ({ name, operation: CONFIG_OPERATIONS.DELETE, value: null })),
    ],
    controller,
  )
}

function configRecord(
  { type, name: owner }: ConfigResource,
  name: string,
  value: string | null,
): MetadataRecord {
  return metadataRecord(ConfigRecord, { resourceType: type, resourceName: owner, name, value })
}

function changedValue(
  resource: ConfigResource,
  { name, operation, value }: ConfigChange,
  current: ReadonlyMap<string, string>,
): string | null {
  const { SET, DELETE, APPEND, SUBTRACT } = CONFIG_OPERATIONS
  if (operation === SET) return value
  if (operation === DELETE) return null
  if (operation !== APPEND && operation !== SUBTRACT) {
    throw new KafkaError('INVALID_REQUEST', `Unknown operation ${operation} for config key: ${name}`)
  }
  const setting = splittableSetting(resource, name, operation === APPEND)
  const items = listItems(current.get(name) ?? setting.defaultValue ?? '')
  const given = listItems(value ?? '')
  if (operation === SUBTRACT) return items.filter((item) => !given.includes(item)).join(',')
  return checkedSize([...new Set([...items, ...given])].join(','))
}

// A string of the metadata log is no longer than one of the wire, but a list can outgrow both.
function checkedSize(value: string): string {
  if (Buffer.byteLength(value) <= MAX_VALUE_BYTES) return value
  throw new KafkaError(
    'INVALID_CONFIG',
    `The configuration value cannot be added because it exceeds the maximum value size of ${MAX_VALUE_BYTES} bytes.`,
  )
}

/** The setting to which items can be added; throws INVALID_CONFIG when it is not a list. */
function splittableSetting({ type }: ConfigResource, name: string, isAppend: boolean): Setting {
  const setting =
    type === BROKER ? BROKER_SETTINGS.get(name) : type === TOPIC ? TOPIC_SETTINGS.get(name) : undefined
  if (setting?.type === 'LIST') return setting
  const problem =
    type !== BROKER
      ? `Can't ${isAppend ? 'APPEND' : 'SUBTRACT'} to key ${name} because its type is not LIST.`
      : setting
        ? `Config value ${isAppend ? 'append' : 'subtract'} is not allowed for config key: ${name}`
        : `Unknown config name: ${name}`
  throw new KafkaError('INVALID_CONFIG', problem)
}

function checkResource(
  resource: ConfigResource,
  next: ReadonlyMap<string, string>,
  touched: ReadonlyMap<string, string | null>,
  controller: Controller,
): void {
  try {
    const check = CHECKS[resource.type]
    if (!check) throw new KafkaError('INVALID_REQUEST', `Unknown resource type ${resource.type}`)
    check(resource.name, next, touched, controller)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new KafkaError('INVALID_CONFIG', error.message, { cause: error })
  }
}

type ResourceCheck = (
  name: string,
  next: ReadonlyMap<string, string>,
  touched: ReadonlyMap<string, string | null>,
  controller: Controller,
) => void

const CHECKS: Readonly<Record<number, ResourceCheck>> = {
  [TOPIC](name, next, _touched, { image, config }) {
    if (name === '') throw new KafkaError('INVALID_REQUEST', 'Default topic resources are not allowed.')
    const problem = checkTopicName(name)
    if (problem !== null) throw new KafkaError('INVALID_TOPIC_EXCEPTION', problem)
    checkTopicConfigs(next, config)
    if (!image.topics.has(name)) {
      throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `The topic '${name}' does not exist.`)
    }
  },
  [BROKER](name, next, touched, controller) {
    const { image } = controller
    checkBrokerConfigs(next, name !== '')
    const config = controller.configOf(Number(name)) ?? controller.config
    checkReconfiguration(config, config.withDynamic(name, next))
    if (image.features.has('eligible.leader.replicas.version')) checkMinInsyncReplicas(name, touched)
  },
  [CLIENT_METRICS](name, next) {
    if (name === '') throw new KafkaError('INVALID_REQUEST', "Subscription name can't be empty")
    checkClientMetricsConfigs(next)
  },
  [GROUP](name, next, _touched, { config }) {
    if (name === '') throw new KafkaError('INVALID_REQUEST', 'Default group resources are not allowed.')
    checkGroupConfigs(next, config)
  },
}

// KIP-966: eligible leader replicas are those of one value for the whole cluster.
function checkMinInsyncReplicas(name: string, touched: ReadonlyMap<string, string | null>): void {
  const value = touched.get('min.insync.replicas')
  if (value === undefined) return
  if (name !== '') {
    throw new ConfigError('Broker-level min.insync.replicas cannot be altered while ELR is enabled.')
  }
  if (value === null) {
    throw new ConfigError('Cluster-level min.insync.replicas cannot be removed while ELR is enabled.')
  }
}
