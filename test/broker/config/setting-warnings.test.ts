import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BROKER_SETTINGS } from '../../../src/broker/config/broker-settings.ts'
import { groupSettings } from '../../../src/broker/config/group-settings.ts'
import { brokerSettingWarnings, topicSettingWarnings } from '../../../src/broker/config/setting-warnings.ts'
import { TOPIC_SETTINGS } from '../../../src/broker/config/topic-config.ts'

test.each([
  ['num.partitions', '3', []],
  ['some.plugin.setting', '1', ["'some.plugin.setting' is not a setting that this broker knows"]],
  [
    'authorizer.class.name',
    'a.B',
    ["'authorizer.class.name' has no effect: there are no ACLs in this broker yet"],
  ],
  [
    'listener.name.inside.ssl.keystore.location',
    'x',
    [
      "'listener.name.inside.ssl.keystore.location' has no effect: there is no TLS or SASL in this broker yet",
    ],
  ],
  [
    'log.cleaner.threads',
    '1',
    ["'log.cleaner.threads' has no effect: logs are not compacted in this broker yet"],
  ],
  ['log.cleanup.policy', 'delete', []],
  [
    'log.cleanup.policy',
    'delete,compact',
    ["'log.cleanup.policy' has no effect: logs are not compacted in this broker yet"],
  ],
  [
    'listener.name.inside.max.connections',
    '5',
    ['no effect in this broker: listener.name.inside.max.connections'],
  ],
])('a broker is given %s=%s', (name, value, expected) => {
  expect(brokerSettingWarnings([[name, value]])).toEqual(expected)
})

test('the file that Kafka ships gives one line about what has no effect', () => {
  const given = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    listeners: 'PLAINTEXT://:9092,CONTROLLER://:9093',
    'controller.listener.names': 'CONTROLLER',
    'num.network.threads': '3',
    'num.io.threads': '8',
    'log.retention.hours': '168',
  }
  expect(brokerSettingWarnings(Object.entries(given))).toEqual([
    'no effect in this broker: num.network.threads, num.io.threads',
  ])
})

test('a topic is given settings without effect', () => {
  const given = {
    'cleanup.policy': 'compact',
    'retention.ms': '1',
    preallocate: 'true',
    'delete.retention.ms': '5',
  }
  expect(topicSettingWarnings('orders', Object.entries(given))).toEqual([
    "topic 'orders': 'cleanup.policy=compact' has no effect: logs are not compacted in this broker yet",
    "topic 'orders': 'preallocate' has no effect in this broker",
    "topic 'orders': 'delete.retention.ms=5' has no effect: logs are not compacted in this broker yet",
  ])
})

/** Everything in src/broker but the tables of settings. */
const SOURCE = readdirSync('src/broker', { recursive: true, encoding: 'utf8' })
  .filter(
    (path) =>
      path.endsWith('.ts') &&
      !/config\/(broker\/|documentation|\w+-settings|setting-warnings|broker-reconfiguration|broker-validation)/.test(
        path,
      ),
  )
  .map((path) => readFileSync(join('src/broker', path), 'utf8'))
  .join('\n')

/** Broker settings that reach the code as the value of a topic's or a group's setting. */
const SYNONYMS = new Set(
  [...TOPIC_SETTINGS.values(), ...groupSettings].flatMap(({ name, synonym }) =>
    SOURCE.includes(`'${name}'`) || SOURCE.includes(`'group.\${name}'`) ? [synonym] : [],
  ),
)

test('the settings that are documented are those that the broker reads', () => {
  const isRead = (name: string) => SOURCE.includes(`'${name}'`) || SYNONYMS.has(name)
  const stale = [...BROKER_SETTINGS.values()]
    .filter(({ documentation }) => documentation !== undefined)
    .filter(({ name }) => !isRead(name) && !COMPUTED.test(name))
  expect(stale.map(({ name }) => name)).toEqual([])
  const missing = [...BROKER_SETTINGS.values()]
    .filter(({ name, documentation }) => documentation === undefined && isRead(name))
    .filter(({ name }) => !KEPT.has(name))
  expect(missing.map(({ name }) => name)).toEqual([])
})

/** Names that are put together where they are read. */
const COMPUTED =
  /^(compression\.(gzip|lz4|zstd)\.level|group\.(consumer\.)?((min|max)\.)?(session\.timeout|(heartbeat|assignment)\.interval)\.ms)$/
/** Read with the other settings of a topic or a group, or for topics of what this broker does not do yet. */
const KEPT = new Set([
  'share.coordinator.state.topic.min.isr',
  'share.coordinator.state.topic.num.partitions',
  'share.coordinator.state.topic.replication.factor',
  'share.coordinator.state.topic.segment.bytes',
  'transaction.state.log.min.isr',
  'transaction.state.log.num.partitions',
  'transaction.state.log.replication.factor',
  'transaction.state.log.segment.bytes',
  'log.cleaner.delete.retention.ms',
  'log.cleaner.max.compaction.lag.ms',
  'log.cleaner.min.cleanable.ratio',
  'log.cleaner.min.compaction.lag.ms',
  'unclean.leader.election.enable',
  'group.streams.num.standby.replicas',
])
