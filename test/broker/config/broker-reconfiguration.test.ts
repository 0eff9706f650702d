// What Apache Kafka 4.3.1 answers to the same changes of a broker with default settings.
import { expect, test } from 'vitest'
import { CONFIG_OPERATIONS } from '../../../src/broker/config/config-change.ts'
import { RESOURCE_TYPES } from '../../../src/broker/metadata/image.ts'
import { startBroker } from '../../../src/broker/start.ts'
import { errorName } from '../../../src/protocol/errors.ts'
import { IncrementalAlterConfigs } from '../../../src/protocol/messages/configs.ts'
import { startTestBroker, type TestBroker } from '../../support/broker.ts'

async function set(broker: TestBroker, node: string, name: string, value: string): Promise<string | null> {
  const { responses } = await broker.ask(IncrementalAlterConfigs, 1, {
    resources: [
      {
        resourceType: RESOURCE_TYPES.BROKER,
        resourceName: node,
        configs: [{ configOperation: CONFIG_OPERATIONS.SET, name, value }],
      },
    ],
    validateOnly: false,
  })
  const { errorCode, errorMessage } = responses[0]!
  if (errorCode !== 0) expect(errorName(errorCode)).toBe('INVALID_REQUEST')
  return errorMessage ?? null
}

const wrapped = (problem: string) =>
  `Invalid value org.apache.kafka.common.config.ConfigException: ${problem} for configuration Invalid dynamic configuration`
const threads = (change: string, problem: string) =>
  wrapped(`Dynamic thread count update validation failed for ${change}, value should ${problem}`)

test.each([
  ['num.io.threads', '4', null],
  ['num.io.threads', '3', threads('num.io.threads=3', 'be at least half the current value 8')],
  ['num.io.threads', '16', null],
  ['num.io.threads', '17', threads('num.io.threads=17', 'not be greater than double the current value 8')],
  ['num.io.threads', '0', 'Invalid value 0 for configuration num.io.threads: Value must be at least 1'],
  [
    'num.network.threads',
    '7',
    threads('num.network.threads=7', 'not be greater than double the current value 3'),
  ],
  [
    'num.replica.fetchers',
    '3',
    threads('num.replica.fetchers=3', 'not be greater than double the current value 1'),
  ],
  ['background.threads', '4', threads('background.threads=4', 'be at least half the current value 10')],
  [
    'num.recovery.threads.per.data.dir',
    '5',
    threads('num.recovery.threads.per.data.dir=5', 'not be greater than double the current value 2'),
  ],
  [
    'remote.log.reader.threads',
    '100',
    threads('remote.log.reader.threads=100', 'not be greater than double the current value 10'),
  ],
  ['log.cleaner.threads', '2', null],
  [
    'log.cleaner.threads',
    '3',
    wrapped('Log cleaner threads cannot be increased to more than double the current value 1'),
  ],
  ['log.cleaner.threads', '0', wrapped('Log cleaner threads should be at least 1')],
  [
    'log.cleaner.dedupe.buffer.size',
    '1048576',
    'requirement failed: log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.',
  ],
  ['log.cleaner.dedupe.buffer.size', '1048577', null],
  [
    'log.retention.ms',
    '0',
    'requirement failed: log.retention.ms must be unlimited (-1) or, greater than or equal to 1',
  ],
  ['log.retention.ms', '-1', null],
  ['log.roll.ms', '0', 'requirement failed: log.roll.ms must be greater than or equal to 1'],
  ['log.roll.jitter.ms', '-1', 'requirement failed: log.roll.jitter.ms must be greater than or equal to 0'],
  [
    'log.local.retention.ms',
    '-1',
    wrapped(
      'Invalid value -1 for configuration log.local.retention.ms: Value must not be -1 as log.retention.ms value is set as 604800000.',
    ),
  ],
  [
    'log.local.retention.ms',
    '9223372036854775807',
    wrapped(
      'Invalid value 9223372036854775807 for configuration log.local.retention.ms: Value must not be more than log.retention.ms property value: 604800000',
    ),
  ],
  ['max.connections', '0', wrapped('Invalid max.connections 0')],
  ['max.connection.creation.rate', '0', wrapped('Invalid max.connection.creation.rate 0')],
  [
    'cordoned.log.dirs',
    'a,b',
    'requirement failed: All entries in cordoned.log.dirs must be present in log.dirs or log.dir. Missing entries : a, b',
  ],
  [
    'metric.reporters',
    'a.B',
    wrapped(
      'Validation of dynamic config update of Set(metric.reporters) failed with class class kafka.server.DynamicMetricsReporters',
    ),
  ],
])('%s=%s', async (name, value, expected) => {
  // The folders of one broker are not those of all.
  for (const node of name === 'cordoned.log.dirs' ? ['1'] : ['1', '']) {
    const broker = await startTestBroker()
    expect(await set(broker, node, name, value)).toBe(expected)
  }
})

test('threads may be doubled step by step', async () => {
  const broker = await startTestBroker()
  expect(await set(broker, '1', 'num.io.threads', '16')).toBe(null)
  expect(await set(broker, '1', 'num.io.threads', '32')).toBe(null)
  expect(await set(broker, '1', 'num.io.threads', '8')).toContain('at least half the current value 32')
})

test('settings that need a class, or listeners that are not those of the start, are refused', async () => {
  const broker = await startTestBroker()
  expect(await set(broker, '1', 'principal.builder.class', 'a.B')).toBe(
    'Invalid value a.B for configuration principal.builder.class: Class a.B could not be found.',
  )
  expect(await set(broker, '1', 'listeners', 'PLAINTEXT://127.0.0.1:1')).toContain(
    'listeners cannot be changed',
  )
})

test('a broker does not start with settings that Kafka refuses together', async () => {
  await expect(startBroker({ config: { 'log.retention.ms': '0' } })).rejects.toThrow(
    'requirement failed: log.retention.ms must be unlimited (-1)',
  )
})
