// What the settings of a broker must add up to (KafkaConfig.validateValues), and which changes a running broker accepts
// (the validateReconfiguration of DynamicThreadPool, LogCleaner, DynamicLogConfig, SocketServer and others).

import { KafkaError } from '../../protocol/errors.ts'
import type { BrokerConfig } from './broker-config.ts'
import { ConfigError, invalidValue } from './config-error.ts'

const THREAD_POOLS = [
  'num.io.threads',
  'num.network.threads',
  'num.replica.fetchers',
  'num.recovery.threads.per.data.dir',
  'background.threads',
  'remote.log.reader.threads',
  'remote.log.manager.copier.thread.pool.size',
  'remote.log.manager.expiration.thread.pool.size',
  'remote.log.manager.follower.thread.pool.size',
]
const CONNECTION_LIMITS = ['max.connections', 'max.connection.creation.rate']
const MIN_DEDUPE_BYTES = 1024n * 1024n
const UNLIMITED = -1n
/** As long, or as much, as the whole topic keeps. */
const AS_TOPIC = -2n

/** Throws ConfigError when settings contradict each other or have a value that none of the single checks refuses. */
export function checkRequirements(config: BrokerConfig): void {
  const required = (holds: boolean, problem: string) => {
    if (!holds) throw new ConfigError(`requirement failed: ${problem}`)
  }
  const number = numbersOf(config)
  required(number('log.roll.ms', 1n) >= 1n, 'log.roll.ms must be greater than or equal to 1')
  required(number('log.roll.jitter.ms', 0n) >= 0n, 'log.roll.jitter.ms must be greater than or equal to 0')
  required(
    config.topicDefault('log.retention.ms') !== '0',
    'log.retention.ms must be unlimited (-1) or, greater than or equal to 1',
  )
  const cleaners = number('log.cleaner.threads')
  required(
    cleaners === 0n || number('log.cleaner.dedupe.buffer.size') / cleaners > MIN_DEDUPE_BYTES,
    'log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.',
  )
  const folders = [...config.list('log.dirs'), ...config.list('log.dir')]
  const missing = config.list('cordoned.log.dirs').filter((item) => item !== '*' && !folders.includes(item))
  required(
    missing.length === 0,
    `All entries in cordoned.log.dirs must be present in log.dirs or log.dir. Missing entries : ${missing.join(', ')}`,
  )
}

/** Throws INVALID_REQUEST when a broker with the settings `before` cannot go on with `after`. */
export function checkReconfiguration(before: BrokerConfig, after: BrokerConfig): void {
  try {
    checkRequirements(after)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new KafkaError('INVALID_REQUEST', error.message, { cause: error })
  }
  for (const name of THREAD_POOLS) checkThreads(name, before, after)
  checkCleaners(before, after)
  checkLocalRetention('ms', after.topicDefault('log.retention.ms'), after)
  checkLocalRetention('bytes', after.value('log.retention.bytes'), after)
  for (const name of CONNECTION_LIMITS) {
    if (after.value(name) === '0') refuse(`Invalid ${name} 0`)
  }
  const isChanged = (name: string) => after.value(name) !== before.value(name)
  // Differs: Kafka opens and closes listeners while it runs; here the listeners of the start stay.
  for (const name of ['listeners', 'listener.security.protocol.map']) {
    if (isChanged(name)) refuse(`${name} cannot be changed while this broker runs`)
  }
  if (isChanged('metric.reporters')) {
    // As Kafka says of a class that it cannot load.
    refuse(
      'Validation of dynamic config update of Set(metric.reporters) failed with class class kafka.server.DynamicMetricsReporters',
    )
  }
}

function checkThreads(name: string, before: BrokerConfig, after: BrokerConfig): void {
  const [current, next] = [numbersOf(before)(name), numbersOf(after)(name)]
  if (next === current) return
  const failed = (problem: string) =>
    refuse(`Dynamic thread count update validation failed for ${name}=${next}, value should ${problem}`)
  if (next <= 0n) failed('be at least 1')
  if (next < current / 2n) failed(`be at least half the current value ${current}`)
  if (next > current * 2n) failed(`not be greater than double the current value ${current}`)
}

function checkCleaners(before: BrokerConfig, after: BrokerConfig): void {
  const name = 'log.cleaner.threads'
  const [current, next] = [numbersOf(before)(name), numbersOf(after)(name)]
  // Kafka divides by it before it looks, and answers "/ by zero".
  if (next < 1n) refuse('Log cleaner threads should be at least 1')
  if (next < current / 2n) {
    refuse(`Log cleaner threads cannot be reduced below half the current value ${current}`)
  }
  if (next > current * 2n) {
    refuse(`Log cleaner threads cannot be increased to more than double the current value ${current}`)
  }
}

/** What is kept on this machine cannot be more than what is kept at all. */
function checkLocalRetention(unit: 'ms' | 'bytes', kept: string | null, after: BrokerConfig): void {
  const [name, whole] = [`log.local.retention.${unit}`, `log.retention.${unit}`]
  const local = numbersOf(after)(name, AS_TOPIC)
  const limit = BigInt(kept ?? UNLIMITED)
  if (limit === UNLIMITED || local === AS_TOPIC) return
  if (local === UNLIMITED) {
    refuse(invalidValue(name, '-1', `Value must not be -1 as ${whole} value is set as ${limit}.`).message)
  }
  if (local > limit) {
    refuse(
      invalidValue(name, String(local), `Value must not be more than ${whole} property value: ${limit}`)
        .message,
    )
  }
}

const numbersOf =
  (config: BrokerConfig) =>
  (name: string, unset = 0n): bigint =>
    BigInt(config.value(name) ?? unset)

/** The words in which Kafka wraps what a part of the broker said about a change. */
function refuse(problem: string): never {
  throw new KafkaError(
    'INVALID_REQUEST',
    `Invalid value org.apache.kafka.common.config.ConfigException: ${problem} for configuration Invalid dynamic configuration`,
  )
}
