import type { Values } from '../option-spec.ts'
import { mergedProperties } from '../properties/name-value.ts'
import type { ServerNaming } from '../server-choice.ts'
import type { PRODUCER_OPTIONS } from './options.ts'

type Options = Values<typeof PRODUCER_OPTIONS>

// Differs: Kafka's tool has 16384 here, and then spends its time on requests. Files are written three times as fast.
const BATCH_BYTES = '262144'

/** Both spellings of what names the cluster. */
export const producerServer = (options: Options): ServerNaming => ({
  bootstrapServer: options.bootstrapServer,
  context: options.context,
  commandConfig: options.commandConfig ?? options['producer.config'],
  commandProperty: [...options.commandProperty, ...options.producerProperty],
})

/** The properties of the producer: a flag that is given wins over a property, a property over a flag's default. */
export function producerProperties(
  options: Options,
  given: ReadonlyMap<string, string>,
): Map<string, string> {
  const properties = new Map(given)
  const put = (name: string, given: string | number | undefined, otherwise: string): void => {
    if (given !== undefined) properties.set(name, String(given))
    else if (!properties.has(name)) properties.set(name, otherwise)
  }
  const codec = options.compressionCodec
  // Differs: without the flag Kafka's tool sets `none` even where a property asks for a codec.
  put('compression.type', codec === true || codec === '' ? 'gzip' : codec, 'none')
  put('client.id', undefined, 'console-producer')
  put('linger.ms', options.timeout, '1000')
  put('acks', options.requestRequiredAcks, '-1')
  put('request.timeout.ms', options.requestTimeoutMs, '1500')
  put('retries', options.messageSendMaxRetries, '3')
  put('retry.backoff.ms', options.retryBackoffMs, '100')
  put('send.buffer.bytes', options.socketBufferSize, '102400')
  put('buffer.memory', options.maxMemoryBytes, '33554432')
  put('batch.size', options.maxPartitionMemoryBytes ?? options.batchSize, BATCH_BYTES)
  put('metadata.max.age.ms', options.metadataExpiryMs, '300000')
  put('max.block.ms', options.maxBlockMs, '60000')
  return properties
}

/** The properties of the line reader. */
export function readerProperties(options: Options): Map<string, string> {
  return mergedProperties(options.readerConfig, [...options.readerProperty, ...options.property])
}
