import { connect } from 'node:net'
import { ZERO_UUID } from '../../../src/bytes/uuid.ts'
import { ApiVersions, Metadata } from '../../../src/protocol/messages/metadata.ts'
import { ListOffsets } from '../../../src/protocol/messages/offsets.ts'
import { CreateTopics } from '../../../src/protocol/messages/topics.ts'
import type { Api, DecodedResponseOf, Fields, RequestOf } from '../../../src/protocol/schema.ts'
import { decodeAnswer, requestFrame, WireClient } from '../../support/wire-client.ts'

/** What stands in place of an answer when the broker hung up. */
export const HUNG_UP = 'hung up'

const ANSWER_WITHIN_MS = 10_000

/** The correlation id of a request that shows that those before it are done with. */
const LAST = 4711

/** One of the two brokers that are asked the same. */
export class Peer {
  readonly #host: string
  readonly #port: number
  readonly #clients = new Map<string, WireClient>()
  /** Names of topics by their ids. */
  readonly topicNames = new Map<string, string>()
  /** What one step leaves for a later one: session and producer ids. */
  readonly notes = new Map<string, number>()
  /** Ids of members by the names that steps have for them. */
  readonly members = new Map<string, string>()

  constructor(bootstrapServers: string) {
    const [host, port] = bootstrapServers.split(':')
    this.#host = host!
    this.#port = Number(port)
  }

  connect(clientId = 'differential'): WireClient {
    return new WireClient(connect({ host: this.#host, port: this.#port, noDelay: true }), clientId)
  }

  #client(clientId = 'differential'): WireClient {
    let client = this.#clients.get(clientId)
    if (!client || client.isClosed) {
      client = this.connect(clientId)
      this.#clients.set(clientId, client)
    }
    return client
  }

  async ask<A extends Api<Fields, Fields>>(
    api: A,
    version: number,
    body: RequestOf<A>,
    clientId?: string,
  ): Promise<DecodedResponseOf<A> | typeof HUNG_UP> {
    const client = this.#client(clientId)
    client.send(api, version, body)
    // A client that waits for too long is not used again: its answer might still come.
    const limit = setTimeout(() => client.close(), ANSWER_WITHIN_MS)
    const frame = await client.nextFrame()
    clearTimeout(limit)
    if (!frame) return HUNG_UP
    return decodeAnswer(api, version, frame).body
  }

  /** As ask, for steps that prepare others and cannot do without the answer. */
  async need<A extends Api<Fields, Fields>>(
    api: A,
    version: number,
    body: RequestOf<A>,
  ): Promise<DecodedResponseOf<A>> {
    const answer = await this.ask(api, version, body)
    if (answer === HUNG_UP) throw new Error(`${api.name} ${version} was not answered`)
    return answer as DecodedResponseOf<A>
  }

  /** Sends what is not answered; says whether the connection goes on. */
  async tell<A extends Api<Fields, Fields>>(api: A, version: number, body: RequestOf<A>): Promise<string> {
    const client = this.#client()
    client.send(api, version, body)
    client.send(ApiVersions, 0, {})
    return (await client.nextFrame()) ? 'goes on' : HUNG_UP
  }

  /** Sends any bytes over a connection of their own; gives the answers, and whether the connection goes on. */
  async send(bytes: Buffer): Promise<{ frames: Buffer[]; end: string }> {
    const client = this.connect()
    client.write(bytes)
    client.write(requestFrame(ApiVersions, 0, {}, { correlationId: LAST }))
    const frames: Buffer[] = []
    let frame = await client.nextFrame()
    for (; frame && frame.readInt32BE(0) !== LAST; frame = await client.nextFrame()) frames.push(frame)
    client.close()
    return { frames, end: frame ? 'goes on' : HUNG_UP }
  }

  /** Creates a topic and waits until it can be used. */
  async createTopic(
    name: string,
    numPartitions: number,
    configs: Readonly<Record<string, string>>,
  ): Promise<void> {
    const topic = {
      name,
      numPartitions,
      replicationFactor: 1,
      assignments: [],
      configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
    }
    const { topics } = await this.need(CreateTopics, 7, { topics: [topic], timeoutMs: 10_000 })
    if (topics[0]!.errorCode !== 0) throw new Error(`${name}: ${topics[0]!.errorMessage}`)
    await this.topicIsThere(name)
  }

  async topicIsThere(name: string): Promise<void> {
    const deadline = Date.now() + ANSWER_WITHIN_MS
    while (Date.now() < deadline) {
      const body = { topics: [{ name }], allowAutoTopicCreation: false }
      const { topics } = await this.need(Metadata, 12, body)
      const [topic] = topics
      const isTold = topic!.errorCode === 0 && topic!.partitions.every(({ leaderId }) => leaderId >= 0)
      if (isTold && (await this.#isServed(name, topic!.partitions.length))) {
        this.topicNames.set(topic!.topicId, name)
        return
      }
    }
    throw new Error(`${name} does not come`)
  }

  /** Kafka tells of a topic before its leader takes requests. */
  async #isServed(name: string, count: number): Promise<boolean> {
    const partitions = Array.from({ length: count }, (_, partitionIndex) => ({
      partitionIndex,
      timestamp: -1,
    }))
    const { topics } = await this.need(ListOffsets, 7, { replicaId: -1, topics: [{ name, partitions }] })
    return topics.every((topic) => topic.partitions.every(({ errorCode: code }) => code === 0))
  }

  topicId(name: string): string {
    for (const [id, known] of this.topicNames) if (known === name) return id
    return ZERO_UUID
  }

  close(): void {
    for (const client of this.#clients.values()) client.close()
  }
}
