import { expect, test } from 'vitest'
import { BROKER_SETTINGS } from '../../../src/broker/config/broker-settings.ts'
import { ConfigError } from '../../../src/broker/config/config-error.ts'
import { groupSettings } from '../../../src/broker/config/group-settings.ts'
import { checkedValue, type Setting } from '../../../src/broker/config/setting.ts'
import { TOPIC_SETTINGS } from '../../../src/broker/config/topic-config.ts'

function settingNamed(name: string): Setting {
  const group = groupSettings.find((setting) => setting.name === name)
  return TOPIC_SETTINGS.get(name) ?? group ?? BROKER_SETTINGS.get(name)!
}

// What Apache Kafka's ConfigDef makes of a text.
test.each([
  ['retention.ms', ' 5 ', '5'],
  ['retention.ms', '+7', '7'],
  ['retention.ms', '007', '7'],
  ['flush.ms', '9223372036854775807', '9223372036854775807'],
  ['min.cleanable.dirty.ratio', '0.30', '0.3'],
  ['min.cleanable.dirty.ratio', '1', '1.0'],
  ['min.cleanable.dirty.ratio', '.5', '0.5'],
  ['min.cleanable.dirty.ratio', '0.5f', '0.5'],
  ['min.cleanable.dirty.ratio', '1e-3', '0.001'],
  ['min.cleanable.dirty.ratio', '0.00001', '1.0E-5'],
  ['min.cleanable.dirty.ratio', '0.12345678901234567890', '0.12345678901234568'],
  ['log.cleaner.io.max.bytes.per.second', '1e10', '1.0E10'],
  ['log.cleaner.io.max.bytes.per.second', '12345678', '1.2345678E7'],
  ['log.cleaner.io.max.bytes.per.second', '100', '100.0'],
  ['preallocate', ' TRUE ', 'true'],
  ['cleanup.policy', 'delete, compact', 'delete,compact'],
  ['cleanup.policy', '', ''],
  ['compression.type', ' gzip ', 'gzip'],
  ['compression.gzip.level', '-1', '-1'],
  ['leader.replication.throttled.replicas', '*', '*'],
  ['leader.replication.throttled.replicas', '0:1,0:1', '0:1,0:1'],
  ['group.consumer.migration.policy', 'Upgrade', 'Upgrade'],
  ['share.auto.offset.reset', 'by_duration:PT1H', 'by_duration:PT1H'],
  ['max.connections.per.ip.overrides', '127.0.0.1:5,localhost:6', '127.0.0.1:5,localhost:6'],
])('%s takes %j as %j', (name, text, canonical) => {
  expect(checkedValue(settingNamed(name), text)).toBe(canonical)
})

const notLong = 'Not a number of type LONG'
const replicaList =
  "must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],..."

// The sentences of Apache Kafka's validators.
test.each([
  ['retention.ms', 'abc', `Invalid value abc for configuration retention.ms: ${notLong}`],
  ['retention.ms', '', `Invalid value  for configuration retention.ms: ${notLong}`],
  ['retention.ms', '0x10', `Invalid value 0x10 for configuration retention.ms: ${notLong}`],
  ['retention.ms', '1.5', `Invalid value 1.5 for configuration retention.ms: ${notLong}`],
  [
    'retention.ms',
    '9223372036854775808',
    `Invalid value 9223372036854775808 for configuration retention.ms: ${notLong}`,
  ],
  ['retention.ms', '-5', 'Invalid value -5 for configuration retention.ms: Value must be at least -1'],
  [
    'segment.bytes',
    '3000000000',
    'Invalid value 3000000000 for configuration segment.bytes: Not a number of type INT',
  ],
  ['segment.bytes', ' 5 ', 'Invalid value 5 for configuration segment.bytes: Value must be at least 1048576'],
  [
    'offsets.topic.replication.factor',
    '70000',
    'Invalid value 70000 for configuration offsets.topic.replication.factor: Not a number of type SHORT',
  ],
  [
    'min.cleanable.dirty.ratio',
    '2',
    'Invalid value 2.0 for configuration min.cleanable.dirty.ratio: Value must be no more than 1',
  ],
  [
    'min.cleanable.dirty.ratio',
    'abc',
    'Invalid value abc for configuration min.cleanable.dirty.ratio: Not a number of type DOUBLE',
  ],
  [
    'preallocate',
    '1',
    'Invalid value 1 for configuration preallocate: Expected value to be either true or false',
  ],
  [
    'cleanup.policy',
    'abc',
    'Invalid value abc for configuration cleanup.policy: String must be one of: compact, delete',
  ],
  ['cleanup.policy', 'delete,delete', "Configuration 'cleanup.policy' values must not be duplicated."],
  ['cleanup.policy', 'delete,', "Configuration 'cleanup.policy' values must not be empty."],
  [
    'compression.type',
    'GZIP',
    'Invalid value GZIP for configuration compression.type: String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer',
  ],
  [
    'compression.gzip.level',
    '0',
    'Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1',
  ],
  [
    'compression.lz4.level',
    '18',
    'Invalid value 18 for configuration compression.lz4.level: Value must be no more than 17',
  ],
  [
    'leader.replication.throttled.replicas',
    '0:1,x',
    `Invalid value [0:1, x] for configuration leader.replication.throttled.replicas: leader.replication.throttled.replicas ${replicaList}`,
  ],
  ['listeners', '', "Configuration 'listeners' must not be empty. Valid values include: any non-empty value"],
  [
    'process.roles',
    '',
    "Configuration 'process.roles' must not be empty. Valid values include: [broker, controller]",
  ],
  [
    'group.consumer.migration.policy',
    'x',
    'Invalid value x for configuration group.consumer.migration.policy: String must be one of (case insensitive): DISABLED, DOWNGRADE, UPGRADE, BIDIRECTIONAL',
  ],
  [
    'remote.log.metadata.manager.listener.name',
    '',
    'Invalid value  for configuration remote.log.metadata.manager.listener.name: String must be non-empty',
  ],
  [
    'controller.quorum.voters',
    'a',
    'Invalid configuration value for controller.quorum.voters. Each entry should be in the form `{id}@{host}:{port}`.',
  ],
  [
    'controller.quorum.bootstrap.servers',
    'a',
    'Failed to parse host name from a for the configuration controller.quorum.bootstrap.servers. Each entry should be in the form "{host}:{port}"',
  ],
  [
    'share.auto.offset.reset',
    'by_duration:x',
    "Invalid value by_duration:x for configuration share.auto.offset.reset: Invalid value `by_duration:x` for configuration share.auto.offset.reset. The value must be either 'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'.",
  ],
  [
    'max.connections.per.ip.overrides',
    'x',
    "Error parsing configuration property 'max.connections.per.ip.overrides': 'x' is not address:count",
  ],
])('%s refuses %j', (name, text, sentence) => {
  expect(() => checkedValue(settingNamed(name), text)).toThrow(new ConfigError(sentence))
})
