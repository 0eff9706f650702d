import { expect, test } from 'vitest'
import { BrokerConfig } from '../../../src/broker/config/broker-config.ts'
import { ConfigError } from '../../../src/broker/config/config-error.ts'
import { TopicConfigs } from '../../../src/broker/config/topic-config.ts'
import { MetadataChanges } from '../../../src/broker/metadata/changes.ts'
import { MetadataImage, RESOURCE_TYPES } from '../../../src/broker/metadata/image.ts'

const { BROKER, TOPIC } = RESOURCE_TYPES

function configOf(statics: Record<string, string> = {}, image = new MetadataImage()) {
  return new BrokerConfig(1, new Map(Object.entries(statics)), image)
}

test('a value given for the broker goes before one for all brokers, one given at start, and the default', () => {
  const image = new MetadataImage()
  const config = configOf({ 'num.io.threads': '5' }, image)
  const give = (name: string, value: string | null) => {
    image.setConfig({ type: BROKER, name }, 'num.io.threads', value)
    config.forget()
    return config.number('num.io.threads')
  }
  expect(configOf().number('num.io.threads')).toBe(8)
  expect(config.number('num.io.threads')).toBe(5)
  expect(give('', '6')).toBe(6)
  expect(give('1', '7')).toBe(7)
  expect(give('2', '9')).toBe(7)
  expect(config.synonyms('num.io.threads').map(({ value, source }) => `${source} ${value}`)).toEqual([
    'DYNAMIC_BROKER_CONFIG 7',
    'DYNAMIC_DEFAULT_BROKER_CONFIG 6',
    'STATIC_BROKER_CONFIG 5',
    'DEFAULT_CONFIG 8',
  ])
  expect(give('1', null)).toBe(6)
})

test('a value given at start is checked', () => {
  expect(() => configOf({ 'num.partitions': '0' })).toThrow(ConfigError)
  expect(configOf({ 'some.plugin': 'x' }).value('some.plugin')).toBe('x')
})

test.each([
  [{}, 604_800_000],
  [{ 'log.retention.hours': '1' }, 3_600_000],
  [{ 'log.retention.hours': '1', 'log.retention.minutes': '2' }, 120_000],
  [{ 'log.retention.hours': '1', 'log.retention.minutes': '2', 'log.retention.ms': '3' }, 3],
  [{ 'log.retention.hours': '-1' }, -1],
])('with %j a topic keeps its records for %d ms', (statics, ms) => {
  const image = new MetadataImage()
  expect(new TopicConfigs(image, configOf(statics, image)).of('orders').retentionMs).toBe(ms)
})

test('a topic takes what it has of its own, else what its broker says', () => {
  const image = new MetadataImage()
  const config = configOf({ 'log.segment.bytes': '2000000', 'compression.type': 'lz4' }, image)
  image.setConfig({ type: TOPIC, name: 'orders' }, 'segment.bytes', ' 3000000 ')
  image.setConfig({ type: TOPIC, name: 'orders' }, 'cleanup.policy', 'compact')
  const topics = new TopicConfigs(image, config)
  expect(topics.of('orders')).toMatchObject({
    segmentBytes: 3_000_000,
    isCompacted: true,
    isDeletedByAge: false,
    compressionType: 'lz4',
    compressionLevel: 9,
    flushMessages: Number.MAX_SAFE_INTEGER,
  })
  expect(topics.of('others')).toMatchObject({ segmentBytes: 2_000_000, isCompacted: false })
})

test('the settings of a topic are read once, until one of them changes', () => {
  const image = new MetadataImage()
  const config = configOf({}, image)
  const topics = new TopicConfigs(image, config)
  const before = topics.of('orders')
  expect(topics.of('orders')).toBe(before)
  const changes = new MetadataChanges()
  image.setConfig({ type: TOPIC, name: 'orders' }, 'retention.ms', '5')
  changes.changedConfigs.push({ type: TOPIC, name: 'orders' })
  topics.update(changes)
  expect(topics.of('orders').retentionMs).toBe(5)
})

test('a setting that is stored but cannot be read is left as it stands', () => {
  const image = new MetadataImage()
  image.setConfig({ type: BROKER, name: '' }, 'ssl.protocol', 'x')
  image.setConfig({ type: BROKER, name: '' }, 'log.cleaner.threads', 'many')
  expect(configOf({}, image).value('log.cleaner.threads')).toBe('many')
})
