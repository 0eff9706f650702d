import { expect, test } from 'vitest'
import { CONFIG_OPERATIONS } from '../../../src/broker/config/config-change.ts'
import { RESOURCE_TYPES } from '../../../src/broker/metadata/image.ts'
import { errorName } from '../../../src/protocol/errors.ts'
import {
  AlterConfigs,
  DescribeConfigs,
  IncrementalAlterConfigs,
  ListConfigResources,
} from '../../../src/protocol/messages/configs.ts'
import { startTestBroker, type TestBroker } from '../../support/broker.ts'

const { TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP } = RESOURCE_TYPES
const { SET, DELETE, APPEND, SUBTRACT } = CONFIG_OPERATIONS

type Change = readonly [operation: number, name: string, value?: string | null]
type Resource = readonly [type: number, name: string]

async function alter(
  broker: TestBroker,
  alterations: readonly (readonly [...Resource, ...Change[]])[],
  validateOnly = false,
) {
  const { responses } = await broker.ask(IncrementalAlterConfigs, 1, {
    resources: alterations.map(([resourceType, resourceName, ...changes]) => ({
      resourceType,
      resourceName,
      configs: changes.map(([configOperation, name, value = null]) => ({ configOperation, name, value })),
    })),
    validateOnly,
  })
  return responses.map(({ errorCode, errorMessage }) => [errorName(errorCode), errorMessage])
}

async function describe(broker: TestBroker, resource: Resource, names: string[] | null, version = 4) {
  const [resourceType, resourceName] = resource
  const { results } = await broker.ask(DescribeConfigs, version, {
    resources: [{ resourceType, resourceName, configurationKeys: names }],
    includeSynonyms: true,
  })
  const { errorCode, errorMessage, configs } = results[0]!
  return { error: errorName(errorCode), errorMessage, configs }
}

async function told(broker: TestBroker, resource: Resource, name: string) {
  const { configs } = await describe(broker, resource, [name])
  return configs[0]?.value
}

const done = ['NONE', null]
const orders: Resource = [TOPIC, 'orders']

test('a topic setting that was changed is told with where it comes from', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  expect(await alter(broker, [[...orders, [SET, 'segment.bytes', ' 2000000 ']]])).toEqual([done])
  for (const version of [1, 2, 3, 4]) {
    const { configs } = await describe(broker, orders, ['segment.bytes'], version)
    expect(configs).toMatchObject([
      {
        value: '2000000',
        configSource: 1,
        synonyms: [
          { name: 'segment.bytes', value: '2000000', source: 1 },
          { name: 'log.segment.bytes', value: '1073741824', source: 5 },
        ],
      },
    ])
  }
  expect(broker.broker.topicConfigs.of('orders').segmentBytes).toBe(2_000_000)
})

test('items are added to and taken from a list', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const policy = async (operation: number, value: string) => {
    await alter(broker, [[...orders, [operation, 'cleanup.policy', value]]])
    return told(broker, orders, 'cleanup.policy')
  }
  expect(await policy(APPEND, 'compact')).toBe('delete,compact')
  expect(await policy(APPEND, 'delete,compact')).toBe('delete,compact')
  expect(await policy(SUBTRACT, 'delete')).toBe('compact')
  expect(await policy(SUBTRACT, 'compact')).toBe('')
  expect(await policy(DELETE, '')).toBe('delete')
})

test('a list does not grow past what its record can hold', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const replicas = (from: number) => Array.from({ length: 3000 }, (_, index) => `${from + index}:1`).join(',')
  const name = 'leader.replication.throttled.replicas'
  expect(await alter(broker, [[...orders, [APPEND, name, replicas(1000)]]])).toEqual([done])
  expect(await alter(broker, [[...orders, [APPEND, name, replicas(4000)]]])).toEqual([
    [
      'INVALID_CONFIG',
      'The configuration value cannot be added because it exceeds the maximum value size of 32767 bytes.',
    ],
  ])
})

// Codes and sentences of Apache Kafka 4.3.1.
test.each<[what: string, Resource, Change, error: string, message: string]>([
  [
    'a value of another type',
    orders,
    [SET, 'retention.ms', 'x'],
    'INVALID_CONFIG',
    'Invalid value x for configuration retention.ms: Not a number of type LONG',
  ],
  [
    'no value',
    orders,
    [SET, 'retention.ms'],
    'INVALID_REQUEST',
    'Null value not supported for : retention.ms',
  ],
  ['an unknown setting', orders, [SET, 'nope', '1'], 'INVALID_CONFIG', 'Unknown topic config name: nope'],
  [
    'an addition to a number',
    orders,
    [APPEND, 'retention.ms', '5'],
    'INVALID_CONFIG',
    "Can't APPEND to key retention.ms because its type is not LIST.",
  ],
  [
    'a subtraction from nothing known',
    orders,
    [SUBTRACT, 'nope', '5'],
    'INVALID_CONFIG',
    "Can't SUBTRACT to key nope because its type is not LIST.",
  ],
  [
    'a topic that is not there',
    [TOPIC, 'none'],
    [SET, 'retention.ms', '1'],
    'UNKNOWN_TOPIC_OR_PARTITION',
    "The topic 'none' does not exist.",
  ],
  [
    'a topic without a name',
    [TOPIC, ''],
    [SET, 'retention.ms', '1'],
    'INVALID_REQUEST',
    'Default topic resources are not allowed.',
  ],
  ['a resource of no known type', [3, 'x'], [SET, 'a', 'b'], 'INVALID_REQUEST', 'Unknown resource type 3'],
  [
    'a setting that is read at start',
    [BROKER, '1'],
    [SET, 'log.dirs', '/tmp'],
    'INVALID_REQUEST',
    'Cannot update these configs dynamically: [log.dirs]',
  ],
  [
    'a setting of one broker for all',
    [BROKER, ''],
    [SET, 'listeners', 'a'],
    'INVALID_REQUEST',
    'Cannot update these configs at default cluster level, broker id must be specified: [listeners]',
  ],
  [
    'a certificate without its listener',
    [BROKER, '1'],
    [SET, 'ssl.keystore.location', '/x'],
    'INVALID_REQUEST',
    'These security configs can be dynamically updated only per-listener using the listener prefix: [ssl.keystore.location]',
  ],
  [
    'a broker value of another type',
    [BROKER, '1'],
    [SET, 'num.io.threads', 'x'],
    'INVALID_REQUEST',
    'Invalid value x for configuration num.io.threads: Not a number of type INT',
  ],
  [
    'another broker',
    [BROKER, '7'],
    [SET, 'num.io.threads', '9'],
    'INVALID_REQUEST',
    'Unexpected broker id, expected 1, but received 7',
  ],
  [
    'a broker without a number',
    [BROKER, 'x'],
    [SET, 'num.io.threads', '9'],
    'INVALID_REQUEST',
    'Node id must be an integer, but it is: x',
  ],
  [
    'an addition to a number of a broker',
    [BROKER, ''],
    [APPEND, 'num.io.threads', '5'],
    'INVALID_CONFIG',
    'Config value append is not allowed for config key: num.io.threads',
  ],
  [
    'min.insync.replicas of one broker',
    [BROKER, '1'],
    [SET, 'min.insync.replicas', '2'],
    'INVALID_CONFIG',
    'Broker-level min.insync.replicas cannot be altered while ELR is enabled.',
  ],
  [
    'no min.insync.replicas at all',
    [BROKER, ''],
    [DELETE, 'min.insync.replicas'],
    'INVALID_CONFIG',
    'Cluster-level min.insync.replicas cannot be removed while ELR is enabled.',
  ],
  [
    'an unknown setting of client metrics',
    [CLIENT_METRICS, 'cm'],
    [SET, 'nope', '1'],
    'INVALID_REQUEST',
    'Unknown client metrics configuration: nope',
  ],
  [
    'an interval that is too short',
    [CLIENT_METRICS, 'cm'],
    [SET, 'interval.ms', '50'],
    'INVALID_REQUEST',
    'Invalid value 50 for interval.ms, interval must be between 100 and 3600000 (1 hour)',
  ],
  [
    'a pattern for nothing known',
    [CLIENT_METRICS, 'cm'],
    [SET, 'match', 'nope=1'],
    'INVALID_CONFIG',
    'Illegal client matching pattern: nope=1',
  ],
  [
    'a pattern that is none',
    [CLIENT_METRICS, 'cm'],
    [SET, 'match', 'client_id=['],
    'INVALID_CONFIG',
    'Illegal client matching pattern: client_id=[',
  ],
  [
    'a subscription without a name',
    [CLIENT_METRICS, ''],
    [SET, 'interval.ms', '500'],
    'INVALID_REQUEST',
    "Subscription name can't be empty",
  ],
  [
    'an unknown setting of a group',
    [GROUP, 'g'],
    [SET, 'nope', '1'],
    'INVALID_CONFIG',
    'Unknown group config name: nope',
  ],
  [
    'less than a group may have',
    [GROUP, 'g'],
    [SET, 'consumer.session.timeout.ms', '1'],
    'INVALID_CONFIG',
    'consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms',
  ],
  [
    'more than a group may have',
    [GROUP, 'g'],
    [SET, 'streams.num.standby.replicas', '99'],
    'INVALID_CONFIG',
    'streams.num.standby.replicas must be less than or equal to group.streams.max.standby.replicas',
  ],
  [
    'a group without a name',
    [GROUP, ''],
    [SET, 'share.isolation.level', 'read_committed'],
    'INVALID_REQUEST',
    'Default group resources are not allowed.',
  ],
  [
    'a logger that is not there',
    [BROKER_LOGGER, '1'],
    [SET, 'nope', 'INFO'],
    'INVALID_CONFIG',
    'Logger nope does not exist!',
  ],
  [
    'a level that is none',
    [BROKER_LOGGER, '1'],
    [SET, 'root', 'LOUD'],
    'INVALID_CONFIG',
    'Cannot set the log level of root to LOUD as it is not a supported log level. Valid log levels are DEBUG, ERROR, FATAL, INFO, TRACE, WARN',
  ],
  [
    'the loggers of another broker',
    [BROKER_LOGGER, '9'],
    [SET, 'root', 'INFO'],
    'INVALID_REQUEST',
    'Unexpected node id. Expected 1, but received 9',
  ],
])('a change with %s is refused', async (_what, resource, change, error, message) => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const before = broker.broker.image.lastOffset
  expect(await alter(broker, [[...resource, change]])).toEqual([[error, message]])
  expect(broker.broker.image.lastOffset).toBe(before)
})

test('a resource that is named twice is refused, the others are changed', async () => {
  const broker = await startTestBroker({ topics: { orders: 1, others: 1 } })
  const refused = ['INVALID_REQUEST', 'Each resource must appear at most once.']
  const answer = await alter(broker, [
    [...orders, [SET, 'retention.ms', '1']],
    [TOPIC, 'others', [SET, 'retention.ms', '2']],
    [...orders, [SET, 'segment.ms', '3']],
  ])
  expect(answer).toEqual([refused, done, refused])
  expect(await told(broker, [TOPIC, 'others'], 'retention.ms')).toBe('2')
  expect(await told(broker, orders, 'retention.ms')).toBe('604800000')
})

test('a setting that is named twice is refused', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const twice = await alter(broker, [[...orders, [SET, 'retention.ms', '1'], [SET, 'retention.ms', '2']]])
  expect(twice).toEqual([['INVALID_REQUEST', 'Error due to duplicate config keys']])
})

test('a change that is only validated is not made', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  expect(await alter(broker, [[...orders, [SET, 'retention.ms', '1']]], true)).toEqual([done])
  expect(await told(broker, orders, 'retention.ms')).toBe('604800000')
})

test('changes outlive the broker', async () => {
  const broker = await startTestBroker()
  broker.createTopic('orders')
  const group: Resource = [GROUP, 'billing']
  await alter(broker, [
    [...orders, [SET, 'retention.ms', '12345']],
    [BROKER, '', [SET, 'log.segment.bytes', '3000000']],
    [...group, [SET, 'consumer.session.timeout.ms', '50000']],
  ])
  await broker.crash()
  expect(await told(broker, orders, 'retention.ms')).toBe('12345')
  expect(await told(broker, orders, 'segment.bytes')).toBe('3000000')
  expect(await told(broker, group, 'consumer.session.timeout.ms')).toBe('50000')
})

test('settings of one broker of several stay its own', async () => {
  const broker = await startTestBroker({ brokers: 2 })
  await broker.ask(
    IncrementalAlterConfigs,
    1,
    {
      resources: [
        {
          resourceType: BROKER,
          resourceName: '2',
          configs: [{ name: 'num.io.threads', configOperation: SET, value: '5' }],
        },
      ],
      validateOnly: false,
    },
    { node: 2 },
  )
  expect(broker.broker.controller.configOf(1)!.number('num.io.threads')).toBe(8)
  expect(broker.broker.controller.configOf(2)!.number('num.io.threads')).toBe(5)
})

test('AlterConfigs replaces all settings that a topic has', async () => {
  const broker = await startTestBroker({ topics: { orders: { configs: { 'retention.ms': '1' } } } })
  const replace = async (configs: { name: string; value: string | null }[]) => {
    const resources = [{ resourceType: TOPIC, resourceName: 'orders', configs }]
    const { responses } = await broker.ask(AlterConfigs, 2, { resources, validateOnly: false })
    return responses.map(({ errorCode, errorMessage }) => [errorName(errorCode), errorMessage])
  }
  expect(await replace([{ name: 'segment.ms', value: '99' }])).toEqual([done])
  expect([...broker.broker.image.configsOf(TOPIC, 'orders')]).toEqual([['segment.ms', '99']])
  expect(await replace([])).toEqual([done])
  expect(broker.broker.image.configsOf(TOPIC, 'orders').size).toBe(0)
  expect(await replace([{ name: 'flush.ms', value: null }])).toEqual([
    ['INVALID_REQUEST', 'Null value not supported for : flush.ms'],
  ])
})

test.each<[Resource, error: string, message: string]>([
  [[TOPIC, 'none'], 'UNKNOWN_TOPIC_OR_PARTITION', ''],
  [[TOPIC, ''], 'INVALID_TOPIC_EXCEPTION', 'Topic name is invalid: the empty string is not allowed'],
  [[BROKER, '7'], 'INVALID_REQUEST', 'Unexpected broker id, expected 1 or empty string, but received 7'],
  [[BROKER, 'x'], 'INVALID_REQUEST', 'Broker id must be an integer, but it is: x'],
  [[BROKER_LOGGER, ''], 'INVALID_REQUEST', 'Broker id must not be empty'],
  [[BROKER_LOGGER, '9'], 'INVALID_REQUEST', 'Unexpected broker id, expected 1 but received 9'],
  [[CLIENT_METRICS, ''], 'INVALID_REQUEST', 'Client metrics subscription name must not be empty'],
  [[GROUP, ''], 'INVALID_REQUEST', 'Group name must not be empty'],
])('the settings of %j cannot be told', async (resource, error, errorMessage) => {
  const broker = await startTestBroker()
  expect(await describe(broker, resource, null)).toEqual({ error, errorMessage, configs: [] })
})

test('the level of the broker log can be told and changed', async () => {
  const broker = await startTestBroker()
  const loggers: Resource = [BROKER_LOGGER, '1']
  expect(await told(broker, loggers, 'root')).toBe('INFO')
  expect(await alter(broker, [[...loggers, [SET, 'root', 'ERROR']]])).toEqual([done])
  expect(await told(broker, loggers, 'root')).toBe('ERROR')
  broker.broker.logger.warn('not told')
  expect(broker.complaints).toEqual([])
  expect(await alter(broker, [[...loggers, [DELETE, 'root']]])).toEqual([done])
  expect(await told(broker, loggers, 'root')).toBe('INFO')
})

test('secrets are never told', async () => {
  const broker = await startTestBroker({
    config: { 'ssl.key.password': 'secret', 'some.plugin.key': 'secret' },
  })
  const { configs } = await describe(broker, [BROKER, '1'], ['ssl.key.password', 'some.plugin.key'])
  expect(configs).toHaveLength(2)
  for (const { value, isSensitive, synonyms } of configs) {
    expect({ value, isSensitive, told: synonyms.map((synonym) => synonym.value) }).toEqual({
      value: null,
      isSensitive: true,
      told: [null],
    })
  }
})

test('what a setting does is told to those who ask', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  const resources = [{ resourceType: TOPIC, resourceName: 'orders', configurationKeys: ['retention.ms'] }]
  const { results } = await broker.ask(DescribeConfigs, 4, { resources, includeDocumentation: true })
  expect(results[0]!.configs[0]!.documentation).toContain('Segments are removed')
})

test('resources are listed by type; version 0 knows client metrics only', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 }, brokers: 2 })
  await alter(broker, [
    [CLIENT_METRICS, 'cm', [SET, 'interval.ms', '5000']],
    [GROUP, 'g', [SET, 'share.isolation.level', 'read_committed']],
  ])
  const list = async (resourceTypes: number[], version = 1) => {
    const answer = await broker.ask(ListConfigResources, version, { resourceTypes })
    return answer.configResources.map(({ resourceType, resourceName }) => `${resourceType} ${resourceName}`)
  }
  expect(await list([])).toEqual(['32 g', '16 cm', '8 1', '8 2', '4 1', '4 2', '2 orders'])
  expect(await list([GROUP, TOPIC])).toEqual(['32 g', '2 orders'])
  expect(await list([], 0)).toEqual(['16 cm'])
  const unknown = await broker.ask(ListConfigResources, 1, { resourceTypes: [3] })
  expect(errorName(unknown.errorCode)).toBe('UNSUPPORTED_VERSION')
})
