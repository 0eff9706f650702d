// Describing and changing the settings of topics, brokers, groups, client metrics and loggers. A failure concerns one
// resource: the others of the request go through.

import { errorCode, KafkaError } from '../../protocol/errors.ts'
import {
  AlterConfigs,
  DescribeConfigs,
  IncrementalAlterConfigs,
  ListConfigResources,
} from '../../protocol/messages/configs.ts'
import type { DecodedRequestOf, ResponseOf } from '../../protocol/schema.ts'
import { CONFIG_OPERATIONS, type ConfigChange } from '../config/config-change.ts'
import { ConfigError } from '../config/config-error.ts'
import { CONFIG_SOURCES } from '../config/config-source.ts'
import {
  type DescribedConfig,
  describeBroker,
  describeBrokerDefaults,
  describeClientMetrics,
  describeGroup,
  describeTopic,
} from '../config/described.ts'
import { changedLevel, describeLoggers } from '../config/log-levels.ts'
import { SETTING_TYPES } from '../config/setting-type.ts'
import { type Context, handle } from '../handle.ts'
import { planConfigChanges, planNewConfigs } from '../metadata/alter-configs.ts'
import { type ConfigResource, RESOURCE_TYPES } from '../metadata/image.ts'
import type { MetadataRecord } from '../metadata/record.ts'
import { checkTopicName } from '../topic-names.ts'

type DescribeRequest = DecodedRequestOf<typeof DescribeConfigs>
type ResourceToDescribe = DescribeRequest['resources'][number]
type DescribeResult = ResponseOf<typeof DescribeConfigs>['results'][number]
type AlterResult = ResponseOf<typeof IncrementalAlterConfigs>['responses'][number]

const { TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP } = RESOURCE_TYPES

const unknownType = (type: number): KafkaError =>
  new KafkaError('INVALID_REQUEST', `Unknown resource type ${type}`)

/** What went wrong with one resource, as a KafkaError; anything else is thrown on. */
function asKafkaError(error: unknown): KafkaError {
  if (error instanceof KafkaError) return error
  if (error instanceof ConfigError) return new KafkaError('INVALID_CONFIG', error.message, { cause: error })
  throw error
}

/** The number in a resource's name; throws INVALID_REQUEST when it is not one. */
function nodeNumber(name: string, what: string): number {
  if (/^-?\d+$/.test(name)) return Number(name)
  throw new KafkaError('INVALID_REQUEST', `${what} id must be an integer, but it is: ${name}`)
}

function describeResource({ resourceType: type, resourceName: name }: ResourceToDescribe, context: Context) {
  const { broker, node } = context
  const { controller, image } = broker
  const config = controller.configOf(node) ?? controller.config
  const refuse = (problem: string): never => {
    throw new KafkaError('INVALID_REQUEST', problem)
  }
  switch (type) {
    case TOPIC: {
      const problem = checkTopicName(name)
      if (problem !== null) throw new KafkaError('INVALID_TOPIC_EXCEPTION', problem)
      // Kafka's answer has no words for this one.
      if (!image.topics.has(name)) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', '')
      return describeTopic(name, image, config)
    }
    case BROKER:
      if (name === '') return describeBrokerDefaults(config)
      if (nodeNumber(name, 'Broker') === node) return describeBroker(config)
      return refuse(`Unexpected broker id, expected ${node} or empty string, but received ${name}`)
    case BROKER_LOGGER:
      if (name === '') return refuse('Broker id must not be empty')
      if (nodeNumber(name, 'Broker') === node) return describeLoggers(broker.logger)
      return refuse(`Unexpected broker id, expected ${node} but received ${name}`)
    case CLIENT_METRICS:
      return name === ''
        ? refuse('Client metrics subscription name must not be empty')
        : describeClientMetrics(name, image)
    case GROUP:
      return name === '' ? refuse('Group name must not be empty') : describeGroup(name, image, config)
    default:
      throw new KafkaError('INVALID_REQUEST')
  }
}

function toEntry({ setting, ...described }: DescribedConfig, request: DescribeRequest) {
  return {
    name: described.name,
    value: described.value,
    readOnly: described.isReadOnly,
    configSource: CONFIG_SOURCES[described.source],
    isSensitive: described.isSensitive,
    synonyms: request.includeSynonyms
      ? described.synonyms.map(({ name, value, source }) => ({ name, value, source: CONFIG_SOURCES[source] }))
      : [],
    configType: setting ? SETTING_TYPES[setting.type] : 0,
    documentation: request.includeDocumentation ? (setting?.documentation ?? null) : null,
  }
}

function describeOne(
  resource: ResourceToDescribe,
  request: DescribeRequest,
  context: Context,
): DescribeResult {
  const { resourceType, resourceName, configurationKeys } = resource
  const wanted = configurationKeys && configurationKeys.length > 0 ? new Set(configurationKeys) : null
  try {
    const configs = describeResource(resource, context).filter(({ name }) => !wanted || wanted.has(name))
    return {
      errorCode: 0,
      errorMessage: '',
      resourceType,
      resourceName,
      configs: configs.map((described) => toEntry(described, request)),
    }
  } catch (error) {
    const { code, message } = asKafkaError(error)
    return { errorCode: errorCode(code), errorMessage: message, resourceType, resourceName, configs: [] }
  }
}

export const describeConfigs = handle(DescribeConfigs, {
  run: (request, context) => ({
    results: request.resources.map((resource) => describeOne(resource, request, context)),
  }),
  refuse: ({ code, message }, { resources }) => ({
    results: resources.map(({ resourceType, resourceName }) => ({
      errorCode: errorCode(code),
      errorMessage: message,
      resourceType,
      resourceName,
      configs: [],
    })),
  }),
})

/** One resource of a request, with what is to become of it. */
interface Alteration {
  readonly resource: ConfigResource
  readonly changes: readonly ConfigChange[]
}

const altered = ({ type, name }: ConfigResource, error: KafkaError | null): AlterResult => ({
  errorCode: error ? errorCode(error.code) : 0,
  errorMessage: error?.message ?? null,
  resourceType: type,
  resourceName: name,
})

/** What is wrong with a request for a resource before anyone looks at the settings themselves. */
function checkAlteration({ resource, changes }: Alteration, all: readonly Alteration[]): void {
  const refuse = (problem: string): never => {
    throw new KafkaError('INVALID_REQUEST', problem)
  }
  const isSame = (other: ConfigResource) => other.type === resource.type && other.name === resource.name
  if (all.filter((other) => isSame(other.resource)).length > 1) {
    refuse('Each resource must appear at most once.')
  }
  if (new Set(changes.map(({ name }) => name)).size < changes.length) {
    refuse('Error due to duplicate config keys')
  }
  const nulls = changes.filter(
    ({ operation, value }) => value === null && operation !== CONFIG_OPERATIONS.DELETE,
  )
  if (nulls.length > 0) refuse(`Null value not supported for : ${nulls.map(({ name }) => name).join(',')}`)
}

function checkNode({ type, name }: ConfigResource, node: number): void {
  const isBroker = type === BROKER && name !== ''
  if (!isBroker && type !== BROKER_LOGGER) return
  if (nodeNumber(name, 'Node') === node) return
  throw new KafkaError(
    'INVALID_REQUEST',
    isBroker
      ? `Unexpected broker id, expected ${node}, but received ${name}`
      : `Unexpected node id. Expected ${node}, but received ${name}`,
  )
}

/** Plans every alteration with `plan`, and makes those that can be made, all at once. */
function alterAll(
  alterations: readonly Alteration[],
  validateOnly: boolean,
  { broker: { controller }, node }: Context,
  plan: (alteration: Alteration) => MetadataRecord[],
): AlterResult[] {
  const records: MetadataRecord[] = []
  const results = alterations.map((alteration) => {
    try {
      checkAlteration(alteration, alterations)
      checkNode(alteration.resource, node)
      records.push(...plan(alteration))
      return altered(alteration.resource, null)
    } catch (error) {
      return altered(alteration.resource, asKafkaError(error))
    }
  })
  if (!validateOnly) controller.commit(records)
  return results
}

export const incrementalAlterConfigs = handle(IncrementalAlterConfigs, {
  run({ resources, validateOnly }, context) {
    const { controller, logger } = context.broker
    let level = logger.level
    const alterations = resources.map(({ resourceType: type, resourceName: name, configs }) => ({
      resource: { type, name },
      changes: configs.map(({ configOperation, ...config }) => ({ ...config, operation: configOperation })),
    }))
    const plan = ({ resource, changes }: Alteration): MetadataRecord[] => {
      if (resource.type !== BROKER_LOGGER) return planConfigChanges(resource, changes, controller)
      level = changedLevel(changes, logger)
      return []
    }
    const responses = alterAll(alterations, validateOnly, context, plan)
    if (!validateOnly) logger.level = level
    return { responses }
  },
  refuse: (error, { resources }) => ({
    responses: resources.map(({ resourceType: type, resourceName: name }) => altered({ type, name }, error)),
  }),
})

export const alterConfigs = handle(AlterConfigs, {
  run({ resources, validateOnly }, context) {
    const { controller } = context.broker
    const alterations = resources.map(({ resourceType: type, resourceName: name, configs }) => ({
      resource: { type, name },
      changes: configs.map((config) => ({ ...config, operation: CONFIG_OPERATIONS.SET })),
    }))
    const plan = ({ resource, changes }: Alteration): MetadataRecord[] => {
      if (resource.type === BROKER_LOGGER) throw unknownType(resource.type)
      const configs = changes.map(({ name, value }) => [name, value ?? ''] as const)
      return planNewConfigs(resource, new Map(configs), controller)
    }
    return { responses: alterAll(alterations, validateOnly, context, plan) }
  },
  refuse: (error, { resources }) => ({
    responses: resources.map(({ resourceType: type, resourceName: name }) => altered({ type, name }, error)),
  }),
})

/** The kinds of resources that can be listed, in the order in which Kafka does. */
const LISTED_TYPES: readonly number[] = [GROUP, CLIENT_METRICS, BROKER_LOGGER, BROKER, TOPIC]

// v0 knew client metrics only. v1 adds resourceTypes; none of them means all.
export const listConfigResources = handle(ListConfigResources, {
  run({ resourceTypes }, { broker: { image }, version }) {
    const asked = resourceTypes.length > 0 ? resourceTypes : LISTED_TYPES
    const wanted = version === 0 ? [CLIENT_METRICS] : asked
    if (!wanted.every((type) => LISTED_TYPES.includes(type))) throw new KafkaError('UNSUPPORTED_VERSION')
    const namesOf = (type: number): string[] => {
      if (type === TOPIC) return [...image.topics.keys()]
      if (type === BROKER || type === BROKER_LOGGER) return [...image.brokers.keys()].map(String)
      return image.configuredNames(type)
    }
    return {
      errorCode: 0,
      configResources: LISTED_TYPES.filter((type) => wanted.includes(type)).flatMap((resourceType) =>
        namesOf(resourceType).map((resourceName) => ({ resourceName, resourceType })),
      ),
    }
  },
  refuse: ({ code }) => ({ errorCode: errorCode(code), configResources: [] }),
})
