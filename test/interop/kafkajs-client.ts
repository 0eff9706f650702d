// kafkajs with codecs for every compression. Its consumer always joins a group; to read a partition without one, its
// broker object is used, which decodes fetched batches for the consumer, too.
import { createRequire } from 'node:module'
import kafkajs, { type Message } from 'kafkajs'
import { CODECS, type CodecName, codecByName, loadCodecs } from '../../src/records/compression.ts'
import { fromBase64, type SeenRecord, type WrittenRecord } from './seen-record.ts'

const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = kafkajs
const require = createRequire(import.meta.url)

/** Call once before anything is written or read. */
export async function registerCodecs(): Promise<void> {
  await loadCodecs()
  const registered = [
    [CompressionTypes.Snappy, 'snappy'],
    [CompressionTypes.LZ4, 'lz4'],
    [CompressionTypes.ZSTD, 'zstd'],
  ] as const
  for (const [type, name] of registered) {
    CompressionCodecs[type] = () => ({
      compress: async (encoder: { buffer: Buffer }) => codecByName(name).compress(encoder.buffer),
      decompress: async (packed: Buffer) => codecByName(name).expand(packed),
    })
  }
}

export async function writeWithKafkajs(
  servers: string,
  topic: string,
  codec: CodecName,
  records: readonly WrittenRecord[],
): Promise<void> {
  const client = new Kafka({ clientId: 'kafkajs', brokers: servers.split(','), logLevel: logLevel.ERROR })
  const producer = client.producer({ createPartitioner: () => () => 0, idempotent: true })
  await producer.connect()
  await producer.send({ topic, compression: CODECS[codec].id, messages: records.map(toMessage) })
  await producer.disconnect()
}

function toMessage({ key, value, headers, timestamp }: WrittenRecord): Message {
  const byName: Record<string, Buffer[]> = {}
  for (const [name, text] of headers) {
    byName[name] = [...(byName[name] ?? []), fromBase64(text) ?? Buffer.alloc(0)]
  }
  return { key: fromBase64(key), value: fromBase64(value), headers: byName, timestamp: String(timestamp) }
}

interface KafkajsMessage {
  readonly offset: string
  readonly timestamp: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Record<string, Buffer | null | (Buffer | null)[]>
}

interface KafkajsBroker {
  connect(): Promise<void>
  disconnect(): Promise<void>
  fetch(options: object): Promise<{ responses: { partitions: { messages: KafkajsMessage[] }[] }[] }>
}

/** Headers of the same name come together: kafkajs keeps them by name. */
export async function readWithKafkajs(servers: string, topic: string, count: number): Promise<SeenRecord[]> {
  const broker = connectBroker(servers)
  await broker.connect()
  const seen: SeenRecord[] = []
  while (seen.length < count) {
    const partitions = [{ partition: 0, fetchOffset: String(seen.length), maxBytes: 10_000_000 }]
    const { responses } = await broker.fetch({
      replicaId: -1,
      isolationLevel: 1,
      topics: [{ topic, partitions }],
    })
    const messages = responses[0]!.partitions[0]!.messages.filter(
      ({ offset }) => Number(offset) >= seen.length,
    )
    seen.push(...messages.map(fromMessage))
  }
  await broker.disconnect()
  return seen
}

function connectBroker(servers: string): KafkajsBroker {
  const ConnectionPool = require('kafkajs/src/network/connectionPool')
  const Broker = require('kafkajs/src/broker')
  const socketFactory = require('kafkajs/src/network/socketFactory')()
  const { createLogger } = require('kafkajs/src/loggers')
  const logger = createLogger({ level: logLevel.ERROR, logCreator: () => () => {} })
  const [host, port] = servers.split(',')[0]!.split(':')
  const options = { host, port: Number(port), socketFactory, logger, clientId: 'kafkajs' }
  const timeouts = { connectionTimeout: 5000, requestTimeout: 30_000, enforceRequestTimeout: true }
  return new Broker({ connectionPool: new ConnectionPool({ ...options, ...timeouts }), logger })
}

const fromMessage = ({ offset, timestamp, key, value, headers }: KafkajsMessage): SeenRecord => ({
  offset: Number(offset),
  timestamp: Number(timestamp),
  key: key?.toString('base64') ?? null,
  value: value?.toString('base64') ?? null,
  headers: Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((text) => [name, text?.toString('base64') ?? null] as const),
  ),
})
