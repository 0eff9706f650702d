// Where examples are run: a cluster with what they speak of, and a working folder with the files that they name.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { expect } from 'vitest'
import { startBroker } from '../../src/broker/start.ts'
import { Cluster } from '../../src/client/cluster.ts'
import { commitOffsets } from '../../src/client/groups/committed-offsets.ts'
import { Producer } from '../../src/client/produce/producer.ts'
import { producerSettings } from '../../src/client/produce/producer-config.ts'
import { CreateTopics } from '../../src/protocol/messages/topics.ts'
import type { ExampleLine } from './example-lines.ts'
import { KTOOL } from './start-ktool.ts'

/** Files that examples name. */
const FILES = resolve(import.meta.dirname, 'example-files')

const LIMIT_MS = 30_000

const TOPICS = { orders: 3, payments: 3 }
const RECORDS = 12

export interface ExamplePlace {
  readonly folder: string
  readonly bootstrapServers: string
}

/** Runs `body` with a fresh broker that keeps its data where `ktool serve` does. */
export async function withPlace(body: (place: ExamplePlace) => Promise<void>): Promise<void> {
  const folder = workingFolder()
  const dataDir = join(folder, '.local/share/ktool/broker')
  mkdirSync(dataDir, { recursive: true })
  const config = { 'offsets.topic.num.partitions': '1', 'group.initial.rebalance.delay.ms': '0' }
  const broker = await startBroker({ dataDir, config })
  try {
    await seed(broker.bootstrapServers)
    for (const name of ['orders-0', '__consumer_offsets-0'])
      symlinkSync(join(dataDir, name), join(folder, name))
    await body({ folder, bootstrapServers: broker.bootstrapServers })
  } finally {
    await broker.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A home folder that is worked in: the files, and `ktool` in a `bin` of it. */
export function workingFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ktool-examples-')))
  cpSync(FILES, folder, { recursive: true })
  mkdirSync(join(folder, 'bin'))
  for (const name of ['ktool', 'kafka-topics', 'kafka-topics.sh'])
    symlinkSync(KTOOL, join(folder, 'bin', name))
  return folder
}

/** Makes the topics unless they are there, with records, and commits for the group `billing`. */
export async function seed(bootstrapServers: string): Promise<void> {
  const cluster = Cluster.connect({ bootstrapServers })
  try {
    const topics = Object.entries(TOPICS).map(([name, numPartitions]) => ({
      name,
      numPartitions,
      replicationFactor: 1,
      assignments: [],
      configs: [],
    }))
    const node = 'controller'
    await cluster.request(CreateTopics, { topics, timeoutMs: 30_000, validateOnly: false }, { node })
    const producer = await Producer.create(cluster, producerSettings(new Map()))
    for (const topic of Object.keys(TOPICS)) {
      await producer.prepare(topic)
      for (let count = 0; count < RECORDS; count++) {
        const value = JSON.stringify({ id: count, customer: { id: count % 5 } })
        const partition = count % TOPICS.orders
        producer.append(topic, Buffer.from(`order-${count}`), Buffer.from(value), [], Date.now(), partition)
      }
    }
    const { failed } = await producer.close()
    expect(failed).toBe(0)
    const offsets = [0, 1, 2].map((partition) => ({ topic: 'orders', partition, offset: 2 }))
    await commitOffsets(cluster, 'billing', offsets, { timeoutMs: 30_000 })
  } finally {
    await cluster.close()
  }
}

/** Has ktool on the path, the folder as the home, and the cluster as the one that is asked. */
export function placeEnvironment({ folder, bootstrapServers }: ExamplePlace): Record<string, string> {
  const { PATH = '' } = process.env
  return {
    PATH: `${join(folder, 'bin')}${delimiter}${PATH}`,
    HOME: folder,
    KTOOL_BOOTSTRAP_SERVERS: bootstrapServers,
  }
}

/** Runs a line as it would be typed, and expects the exit code that it has. */
export async function runExample(
  { line, exit, goesOn }: Pick<ExampleLine, 'line' | 'exit' | 'goesOn'>,
  place: ExamplePlace,
): Promise<void> {
  const child = spawn('sh', ['-c', goesOn ? `exec ${line}` : line], {
    cwd: place.folder,
    env: placeEnvironment(place),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk
  })
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk
    if (goesOn) child.kill('SIGINT')
  })
  const [code] = await once(child, 'close')
  const told = `${line}\nended with ${code} and said:\n${said}\n(files that examples name belong into ${FILES})`
  if (goesOn) expect([0, 130], told).toContain(code)
  else expect(code, told).toBe(exit)
}
