// A record sent alone again and again while the broker does something large: what others wait for it.

import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Int64 } from '../../src/bytes/int64.ts'
import { IncrementalAlterConfigs } from '../../src/protocol/messages/configs.ts'
import { Metadata } from '../../src/protocol/messages/metadata.ts'
import { ListOffsets } from '../../src/protocol/messages/offsets.ts'
import { Produce } from '../../src/protocol/messages/produce.ts'
import { CreateTopics, DeleteTopics } from '../../src/protocol/messages/topics.ts'
import { loadCodec } from '../../src/records/compression.ts'
import { BatchBuilder } from '../../src/records/record.ts'
import { WireClient } from '../support/wire-client.ts'
import { percentile } from './measure.ts'
import type { Question, Row } from './question.ts'
import { inTurn, type Server } from './servers.ts'

const PARTITIONS = 1000
const SEGMENTS = 30
const SEGMENT_BYTES = 16 * 1024 * 1024
const BATCHES = 30
const BOMBS = 10
const BOMB_BYTES = 120 * 1024 * 1024
const ZSTD = 4
const BETWEEN_MS = 1
const DONE_WITHIN_MS = 60_000
/** Both brokers look at once, and remove files at once. */
const SETTINGS = [
  'log.retention.check.interval.ms=1000',
  'log.initial.task.delay.ms=100',
  'log.segment.delete.delay.ms=0',
]

interface Scene {
  readonly name: string
  /** Done before the time is taken. */
  prepare?(client: WireClient, scale: number): Promise<void>
  run(client: WireClient, scale: number): Promise<void>
}

const SCENES: readonly Scene[] = [
  { name: 'nothing else', run: () => wait(2000) },
  {
    name: 'recompression of 1 MB batches, gzip',
    prepare: (client) => createTopic(client, 'packed', 1, { 'compression.type': 'gzip' }),
    async run(client, scale) {
      const batch = textBatch(1_000_000)
      for (let sent = 0; sent < BATCHES * scale; sent++) await produce(client, 'packed', batch)
    },
  },
  {
    name: 'zstd batches of 120 MB in 4 KB',
    prepare: (client) => createTopic(client, 'folded'),
    async run(client, scale) {
      const builder = new BatchBuilder(BOMB_BYTES + 100)
      builder.append(Date.now(), null, Buffer.alloc(BOMB_BYTES))
      const batch = builder.build({ codec: await loadCodec(ZSTD) })
      for (let sent = 0; sent < BOMBS * scale; sent++) await produce(client, 'folded', batch)
    },
  },
  {
    name: `a topic of ${PARTITIONS} partitions created`,
    run: (client, scale) => createTopic(client, 'wide', Math.ceil(PARTITIONS * scale)),
  },
  {
    name: `a topic of ${PARTITIONS} partitions deleted`,
    async run(client) {
      await client.ask(DeleteTopics, 5, { topicNames: ['wide'], timeoutMs: DONE_WITHIN_MS })
      // Files are removed some time after the answer.
      await wait(3000)
    },
  },
  {
    name: `retention of ${SEGMENTS} segments`,
    async prepare(client, scale) {
      await createTopic(client, 'aging', 1, { 'segment.bytes': String(SEGMENT_BYTES) })
      const batch = textBatch(1_000_000)
      const count = Math.ceil((SEGMENTS * scale * SEGMENT_BYTES) / batch.length)
      for (let sent = 0; sent < count; sent++) await produce(client, 'aging', batch)
    },
    async run(client) {
      const configs = [{ name: 'retention.ms', configOperation: 0, value: '1' }]
      const resources = [{ resourceType: 2, resourceName: 'aging', configs }]
      await client.ask(IncrementalAlterConfigs, 1, { resources, validateOnly: false })
      await until(async () => (await startOffset(client, 'aging')) > 0)
      await wait(2000)
    },
  },
]

export const stalls: Question = {
  name: 'stalls',
  question: 'How long does one small record wait while the broker does something large?',
  async measure({ scale, say }) {
    const { ktool, kafka } = await inTurn(async (server) => {
      const results: number[][] = []
      for (const scene of SCENES) {
        say(`${server.name}: ${scene.name}`)
        results.push(await beside(server, scene, scale))
      }
      return results
    }, SETTINGS)
    return SCENES.flatMap(({ name }, at): Row[] =>
      (
        [
          ['median', 0.5],
          ['99.9th percentile', 0.999],
          ['longest', 1],
        ] as const
      ).map(([what, share]) => ({
        what: `one record beside ${name}, ${what}`,
        unit: 'ms',
        ktool: percentile(ktool[at]!, share),
        kafka: kafka && percentile(kafka[at]!, share),
      })),
    )
  },
}

/** How long each small record took while the scene ran. */
async function beside(server: Server, scene: Scene, scale: number): Promise<number[]> {
  const [worker, prober] = [dial(server), dial(server)]
  await createTopic(prober, 'small')
  await scene.prepare?.(worker, scale)
  const batch = textBatch(100)
  for (let sent = 0; sent < 500; sent++) await produce(prober, 'small', batch)
  let isOver = false
  const times: number[] = []
  const probing = (async () => {
    while (!isOver) {
      const started = performance.now()
      await produce(prober, 'small', batch)
      times.push(performance.now() - started)
      await wait(BETWEEN_MS)
    }
  })()
  try {
    await scene.run(worker, scale)
  } finally {
    isOver = true
    await probing
    for (const client of [worker, prober]) client.close()
  }
  return times
}

const dial = ({ port }: Server): WireClient =>
  new WireClient(connect({ port, host: '127.0.0.1', noDelay: true }))

/** Records of about 1 KB that compress as text does. */
function textBatch(bytes: number): Buffer {
  const builder = new BatchBuilder()
  for (let left = bytes, index = 0; left > 0; index++) {
    let value = ''
    while (value.length < Math.min(left, 1000))
      value += `${(index * 7919 + value.length * 104_729) % 99_991} `
    builder.append(Date.now(), null, Buffer.from(value))
    left -= value.length
  }
  return builder.build({})
}

async function createTopic(
  client: WireClient,
  name: string,
  numPartitions = 1,
  settings: Readonly<Record<string, string>> = {},
): Promise<void> {
  const configs = Object.entries(settings).map(([setting, value]) => ({ name: setting, value }))
  const topic = { name, numPartitions, replicationFactor: 1, assignments: [], configs }
  await client.ask(CreateTopics, 7, { topics: [topic], timeoutMs: DONE_WITHIN_MS })
  await until(async () => {
    const { topics } = await client.ask(Metadata, 12, { topics: [{ name }] })
    return topics[0]!.errorCode === 0 && topics[0]!.partitions.every(({ leaderId }) => leaderId >= 0)
  })
}

async function produce(client: WireClient, name: string, records: Buffer): Promise<void> {
  const body = {
    acks: 1,
    timeoutMs: DONE_WITHIN_MS,
    topicData: [{ name, partitionData: [{ index: 0, records }] }],
  }
  for (;;) {
    const { responses } = await client.ask(Produce, 9, body)
    const { errorCode, errorMessage } = responses[0]!.partitionResponses[0]!
    if (errorCode === 0) return
    // A leader may not know yet that it leads.
    if (errorCode !== 3 && errorCode !== 6)
      throw new Error(`${name}: error ${errorCode} ${errorMessage ?? ''}`)
    await wait(20)
  }
}

async function startOffset(client: WireClient, name: string): Promise<Int64> {
  const partitions = [{ partitionIndex: 0, timestamp: -2 }]
  const { topics } = await client.ask(ListOffsets, 5, { replicaId: -1, topics: [{ name, partitions }] })
  return topics[0]!.partitions[0]!.offset
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + DONE_WITHIN_MS
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('it does not come true')
    await wait(20)
  }
}
