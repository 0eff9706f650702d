import type { Cluster } from '../../client/cluster.ts'
import { type FetchSettings, fetchSettings } from '../../client/fetch/fetch-config.ts'
import { Fetcher } from '../../client/fetch/fetcher.ts'
import { OFFSET_SPECS, offsetsAt } from '../../client/offsets.ts'
import { Producer } from '../../client/produce/producer.ts'
import { producerSettings } from '../../client/produce/producer-config.ts'
import type { KafkaRecord, RecordHeader } from '../../records/record.ts'
import { Failure } from '../failures.ts'
import { makeTopic } from '../topics/make.ts'
import type { RecordShape } from './latency-options.ts'

/** How long a record may take to come back. */
const POLL_TIMEOUT_MS = 60_000
const REPORTED_EVERY = 1000

/** A topic as Kafka's tool makes one. */
export async function createTopic(cluster: Cluster, name: string): Promise<void> {
  const error = await makeTopic(cluster, { name, partitions: 1, replicationFactor: 1 })
  if (error) throw new Failure(error.message, { code: error.code, cause: error })
}

/** Sends records one by one, and waits for each to come back. */
export class LatencyRun {
  readonly #producer: Producer
  readonly #fetcher: Fetcher
  readonly #topic: string
  readonly #shape: RecordShape
  readonly #random: () => number
  /** Milliseconds from sending each record until it was read. */
  readonly latencies: number[] = []

  private constructor(
    producer: Producer,
    fetcher: Fetcher,
    topic: string,
    shape: RecordShape,
    random: () => number,
  ) {
    this.#producer = producer
    this.#fetcher = fetcher
    this.#topic = topic
    this.#shape = shape
    this.#random = random
  }

  static async open(
    cluster: Cluster,
    properties: ReadonlyMap<string, string>,
    topic: string,
    acks: string,
    shape: RecordShape,
  ): Promise<LatencyRun> {
    const settings = producerSettings(new Map([...properties, ['linger.ms', '0'], ['acks', acks]]))
    const producer = await Producer.create(cluster, settings)
    const { partitionCount } = await producer.prepare(topic)
    // Differs: fetches wait at the broker for the record, as any reader's do, and are not asked for over and over.
    const fetch = fetchSettings(properties)
    const targets = await endsOf(cluster, topic, partitionCount, fetch)
    return new LatencyRun(producer, new Fetcher(cluster, fetch, targets), topic, shape, cluster.random)
  }

  /** `onProgress` is told of every thousandth record. */
  async send(count: number, onProgress: (index: number, latencyMs: number) => void): Promise<void> {
    for (let i = 0; i < count; i++) {
      const record = randomRecord(this.#shape, this.#random)
      const startMs = performance.now()
      await this.#producer.send({ topic: this.#topic, ...record })
      const records = await this.#fetcher.next(POLL_TIMEOUT_MS)
      const latencyMs = performance.now() - startMs
      if (records === null || !records.next()) {
        throw new Failure(`poll() timed out before finding a result (timeout:[${POLL_TIMEOUT_MS}])`)
      }
      checkSame(record, records.record())
      if (records.next()) {
        let found = 2
        while (records.next()) found++
        throw new Failure(`Only one result was expected during this test. We found [${found}]`)
      }
      if (i % REPORTED_EVERY === 0) onProgress(i, latencyMs)
      this.latencies.push(latencyMs)
    }
  }

  async close(): Promise<void> {
    this.#fetcher.close()
    await this.#producer.close()
  }
}

async function endsOf(
  cluster: Cluster,
  topic: string,
  partitionCount: number,
  { 'isolation.level': level }: FetchSettings,
) {
  const partitions = Array.from({ length: partitionCount }, (_, partition) => ({ topic, partition }))
  const ends = await offsetsAt(cluster, partitions, OFFSET_SPECS.latest, { isolationLevel: level })
  return ends.map((from, partition) => ({ topic, partition, from }))
}

interface SentRecord {
  readonly key: Buffer | null
  readonly value: Buffer
  readonly headers: readonly RecordHeader[]
}

function randomRecord(shape: RecordShape, random: () => number): SentRecord {
  const { valueBytes, keyBytes, headers, headerKeyBytes, headerValueBytes } = shape
  return {
    key: keyBytes === 0 ? null : letters(keyBytes, random),
    value: letters(valueBytes, random),
    headers: Array.from({ length: headers }, () => [
      letters(headerKeyBytes, random).toString(),
      letters(headerValueBytes, random),
    ]),
  }
}

/** One capital letter, again and again, as in Kafka's tool. */
const letters = (count: number, random: () => number): Buffer =>
  Buffer.alloc(count, 65 + Math.trunc(random() * 26))

function checkSame(sent: SentRecord, read: KafkaRecord): void {
  const differ = (what: string, given: unknown, found: unknown): never => {
    throw new Failure(`The ${what} read [${String(found)}] did not match the ${what} sent [${String(given)}]`)
  }
  if (!same(sent.value, read.value)) differ('message', sent.value, read.value)
  if (!same(sent.key, read.key)) differ('key', sent.key, read.key)
  const headersOf = (headers: readonly RecordHeader[]): string =>
    headers.map(([key, value]) => `${key}=${value}`).join(',')
  if (headersOf(sent.headers) !== headersOf(read.headers)) {
    differ('headers', headersOf(sent.headers), headersOf(read.headers))
  }
}

const same = (a: Buffer | null, b: Buffer | null): boolean =>
  a === null || b === null ? a === b : a.equals(b)
