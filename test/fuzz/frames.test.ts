// 100,000 requests, valid ones with bytes changed, against a broker in a process of its own. It must stay up, forget
// what it was sent, and serve a good client all the while. FUZZ_SEED repeats a run; FUZZ_FRAMES makes it longer.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import kafkajs from 'kafkajs'
import { expect, onTestFinished, test } from 'vitest'
import { Reader } from '../../src/bytes/reader.ts'
import { codec } from '../../src/protocol/compile.ts'
import { ApiVersions } from '../../src/protocol/messages/metadata.ts'
import { readWithKafkajs } from '../interop/kafkajs-client.ts'
import { ask } from '../support/ask.ts'
import { seededRandom } from '../support/random.ts'
import { runKtool, startKtool } from '../support/start-ktool.ts'
import { Attacker, type Outcome } from './attacker.ts'
import { FrameSource } from './frames.ts'

const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 32))
const FRAMES = Number(process.env.FUZZ_FRAMES ?? 100_000)
const ATTACKERS = 16
/** More than a garbage collector leaves lying about, less than any leak of what was sent. */
const MAX_GROWTH_BYTES = 96 * 1024 * 1024
const MAX_GOOD_LATENCY_MS = 2000

const PAGE_BYTES = 4096
const residentBytes = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES
const openSockets = (pid: number): number =>
  readdirSync(`/proc/${pid}/fd`).filter((fd) => linkOf(`/proc/${pid}/fd/${fd}`).startsWith('socket:')).length

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    // Closed in the meantime.
    return ''
  }
}

test('changed frames neither harm the broker nor the client next to them', async () => {
  console.log(`seed ${SEED}, ${FRAMES} frames`)
  const broker = await startKtool()
  // Also when it did not get as far as stopping it.
  onTestFinished(async () => {
    await broker.stop()
  })
  await runKtool([
    'topics',
    '-b',
    broker.bootstrapServers,
    '--create',
    '--topic',
    'orders',
    '--partitions',
    '3',
  ])
  const good = await GoodClient.connect(broker.bootstrapServers)
  const bytes = await ask(broker.port, ApiVersions, 4, {
    clientSoftwareName: 'fuzz',
    clientSoftwareVersion: '1',
  })
  const { apiKeys } = codec(ApiVersions.response, 4).decode(new Reader(bytes))

  const source = new FrameSource(apiKeys, 'orders', seededRandom(SEED))
  const survive = <Value>(attacked: Promise<Value>): Promise<Value> =>
    Promise.race([
      attacked,
      broker.ended.then((code) => {
        throw new Error(`the broker ended with ${code}: ${broker.log().slice(-4000)}`)
      }),
    ])
  await survive(attack(broker.port, source, Math.ceil(FRAMES / 10)))
  const before = { bytes: residentBytes(broker.pid), sockets: openSockets(broker.pid) }
  const outcomes = await survive(attack(broker.port, source, FRAMES))
  console.log(outcomes)

  const sent = await good.stop()
  expect(good.slowestMs).toBeLessThan(MAX_GOOD_LATENCY_MS)
  expect(sent).toBeGreaterThan(10)
  const seen = await readWithKafkajs(broker.bootstrapServers, 'steady', sent)
  const values = seen.map(({ value }) => Buffer.from(value!, 'base64').toString())
  expect(values).toEqual(Array.from({ length: sent }, (_, index) => String(index)))

  await expect
    .poll(() => openSockets(broker.pid) - before.sockets, { timeout: 10_000 })
    .toBeLessThanOrEqual(0)
  const growth = residentBytes(broker.pid) - before.bytes
  console.log(`memory ${Math.round(before.bytes / 2 ** 20)} MB, then ${Math.round(growth / 2 ** 20)} MB more`)
  expect(growth).toBeLessThan(MAX_GROWTH_BYTES)
  // What the broker did not foresee it tells with a stack.
  expect(broker.log().match(/^error: .*\n(?: {4}at .*\n)*/m)?.[0]).toBeUndefined()
  expect(await broker.stop()).toBe(0)
})

/** Sends `count` frames over a few connections at a time; gives how many ended how. */
async function attack(port: number, source: FrameSource, count: number): Promise<Record<Outcome, number>> {
  const outcomes = { answered: 0, closed: 0, waiting: 0 }
  let left = count
  const run = async (): Promise<void> => {
    const attacker = new Attacker(port)
    while (left-- > 0) outcomes[await attacker.send(source.next())]++
    attacker.close()
  }
  await Promise.all(Array.from({ length: ATTACKERS }, run))
  return outcomes
}

/** Sends numbered records one after the other, and notes how long each took. */
class GoodClient {
  slowestMs = 0
  #sent = 0
  #isStopping = false
  #done: Promise<void> = Promise.resolve()

  static async connect(servers: string): Promise<GoodClient> {
    const { Kafka, logLevel } = kafkajs
    const client = new Kafka({
      clientId: 'good',
      brokers: [servers],
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
    })
    const producer = client.producer({ createPartitioner: () => () => 0 })
    await producer.connect()
    const good = new GoodClient()
    good.#done = good.#send(producer)
    // Looked at by `stop`, if the test gets there.
    good.#done.catch(() => {})
    return good
  }

  async #send(producer: kafkajs.Producer): Promise<void> {
    while (!this.#isStopping) {
      const started = performance.now()
      await producer.send({ topic: 'steady', messages: [{ value: String(this.#sent) }], timeout: 5000 })
      if (this.#sent > 0) this.slowestMs = Math.max(this.slowestMs, performance.now() - started)
      this.#sent++
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await producer.disconnect()
  }

  /** How many records were acknowledged. */
  async stop(): Promise<number> {
    this.#isStopping = true
    await this.#done
    return this.#sent
  }
}
