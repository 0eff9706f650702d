import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { clusterOptions, commonSettings } from '../../../src/client/config/common-config.ts'
import { fetchSettings } from '../../../src/client/fetch/fetch-config.ts'
import { producerSettings } from '../../../src/client/produce/producer-config.ts'

const given = (properties: Record<string, string>) => new Map(Object.entries(properties))

test('a producer without properties has the defaults of Kafka 4.3.1', () => {
  expect(producerSettings(given({}))).toMatchObject({
    acks: 'all',
    'batch.size': 16_384,
    'buffer.memory': 33_554_432,
    'compression.type': 'none',
    'delivery.timeout.ms': 120_000,
    'enable.idempotence': true,
    'linger.ms': 5,
    'max.block.ms': 60_000,
    'max.in.flight.requests.per.connection': 5,
    'max.request.size': 1_048_576,
    'request.timeout.ms': 30_000,
    retries: 2_147_483_647,
  })
})

test('a reader without properties has the defaults of Kafka 4.3.1', () => {
  expect(fetchSettings(given({}))).toMatchObject({
    'auto.offset.reset': 'latest',
    'fetch.max.bytes': 52_428_800,
    'fetch.max.wait.ms': 500,
    'fetch.min.bytes': 1,
    'isolation.level': 'read_uncommitted',
    'max.partition.fetch.bytes': 1_048_576,
  })
})

test.each([
  [
    { 'linger.ms': '9223372036854775808' },
    'Invalid value 9223372036854775808 for configuration linger.ms: Not a number of type LONG',
  ],
  [{ 'linger.ms': 'soon' }, 'Invalid value soon for configuration linger.ms: Not a number of type LONG'],
  [{ retries: '-1' }, 'Invalid value -1 for configuration retries: Value must be at least 0'],
  [{ 'batch.size': '3000000000' }, 'Not a number of type INT'],
  [{ acks: '2' }, 'Invalid value 2 for configuration acks: String must be one of: all, -1, 0, 1'],
  [{ 'enable.idempotence': 'yes' }, 'Expected value to be either true or false'],
  [{ 'compression.type': 'brotli' }, 'String must be one of: none, gzip, snappy, lz4, zstd'],
  [{ 'partitioner.class': 'org.example.Mine' }, "the property 'partitioner.class' is not supported"],
  [
    { 'security.protocol': 'TLS' },
    'Invalid value TLS for configuration security.protocol: String must be one of (case insensitive): SASL_SSL, PLAINTEXT, SSL, SASL_PLAINTEXT',
  ],
  [{ 'enable.idempotence': 'true', acks: '1' }, 'Must set acks to all in order to use the idempotent'],
  [{ 'enable.idempotence': 'true', retries: '0' }, 'Must set retries to non-zero'],
  [
    { 'max.in.flight.requests.per.connection': '6' },
    'Must set max.in.flight.requests.per.connection to at most 5',
  ],
  [
    { 'transactional.id': 'x', acks: '1' },
    'Cannot set a transactional.id without also enabling idempotence.',
  ],
  [{ 'delivery.timeout.ms': '10' }, 'delivery.timeout.ms should be equal to or larger than linger.ms'],
] as [Record<string, string>, string][])('%j is refused in words that name it', (properties, message) => {
  expect(() => producerSettings(given(properties))).toThrow(message)
})

test.each([{ acks: '1' }, { acks: '0' }, { retries: '0' }] as Record<string, string>[])(
  'idempotence nobody asked for gives way to %j',
  (properties) => {
    expect(producerSettings(given(properties))['enable.idempotence']).toBe(false)
  },
)

test('a default delivery timeout grows with what it must cover', () => {
  const settings = producerSettings(given({ 'request.timeout.ms': '200000', 'linger.ms': '7' }))
  expect(settings['delivery.timeout.ms']).toBe(200_007)
})

test('what other programs and clients of other kinds read is passed over', () => {
  producerSettings(
    given({
      'group.id': 'g',
      'schema.registry.url': 'https://registry',
      'key.serializer': 'org.apache.kafka.common.serialization.StringSerializer',
      'metric.reporters': 'x',
      'security.protocol': 'plaintext',
    }),
  )
  fetchSettings(given({ acks: 'all', 'group.id': 'g', 'enable.auto.commit': 'false' }))
})

test('settings of the connection are passed on', () => {
  const settings = fetchSettings(
    given({
      'bootstrap.servers': 'a:1',
      'client.id': 'me',
      'request.timeout.ms': '9',
      'retry.backoff.ms': '8',
    }),
  )
  expect(clusterOptions(settings)).toMatchObject({
    bootstrapServers: 'a:1',
    clientId: 'me',
    requestTimeoutMs: 9,
    retryBackoffMs: 8,
    defaultApiTimeoutMs: 60_000,
  })
})

test('a client without properties of its own passes over those of others', () => {
  const settings = commonSettings(given({ 'request.timeout.ms': '2000', 'client.id': 'me', acks: 'all' }))
  expect(clusterOptions(settings)).toMatchObject({ requestTimeoutMs: 2000, clientId: 'me' })
})

test.each([
  [{ 'security.protocol': 'SASL' }, 'Invalid value SASL for configuration security.protocol'],
  [{ 'request.timeout.ms': 'soon' }, 'Invalid value soon for configuration request.timeout.ms'],
] as [Record<string, string>, string][])('it does not pass over %j', (properties, message) => {
  expect(() => commonSettings(given(properties))).toThrow(message)
})

test('nothing is done about security where plain TCP is spoken', () => {
  expect(clusterOptions(commonSettings(given({ 'security.protocol': 'plaintext' }))).security).toBeUndefined()
  const { security } = clusterOptions(commonSettings(given({ 'security.protocol': 'sasl_ssl' })))
  expect(security).toMatchObject({ 'security.protocol': 'SASL_SSL', 'sasl.mechanism': 'GSSAPI' })
})

test('passwords are not shown by what holds them', () => {
  const settings = commonSettings(
    given({ 'ssl.key.password': 'hunter2', 'sasl.jaas.config': 'x required password="hunter2";' }),
  )
  expect(settings['ssl.key.password']?.reveal()).toBe('hunter2')
  expect(`${inspect(settings)} ${JSON.stringify(settings)} ${settings['ssl.key.password']}`).not.toContain(
    'hunter2',
  )
})
