// The smoke test itself: one record goes to a cluster and comes back, a step at a time.

import { addInt64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import { fetchSettings } from '../../client/fetch/fetch-config.ts'
import { Fetcher } from '../../client/fetch/fetcher.ts'
import { Interrupted } from '../../client/lifetime.ts'
import { Producer } from '../../client/produce/producer.ts'
import type { Delivery } from '../../client/produce/producer-batch.ts'
import { producerSettings } from '../../client/produce/producer-config.ts'
import { KafkaError } from '../../protocol/errors.ts'
import { plural } from '../output/plural.ts'
import { currentRecord } from '../records/current-record.ts'
import type { ConsumedRecord } from '../records/formatter.ts'
import { makeTopic } from '../topics/make.ts'
import { removeTopics } from '../topics/remove.ts'

export interface SmokePlan {
  /** A topic to use, which is made when it is not there, and kept. */
  readonly topic: string | undefined
  readonly timeoutMs: number
  /** A point in time, in milliseconds with fractions. */
  readonly tick: () => number
  /** What makes this run unlike any other. */
  readonly id: string
  /** Told of a topic of its own that may be left behind from now on; null once it will not. */
  readonly onLeftover: (topic: string | null) => void
  /** After this no step is begun: writing would make a topic that is gone anew. */
  readonly stop: AbortSignal
}

export const STEPS = ['connect', 'create', 'write', 'read', 'delete'] as const

export interface Step {
  readonly step: (typeof STEPS)[number]
  readonly ms: number
  /** What was found, for people. */
  readonly detail: string
  /** Null when it worked. */
  readonly error: Error | null
}

export interface Outcome {
  readonly topic: string
  /** The steps that were taken: after one that failed, a topic of ours is still deleted. */
  readonly steps: readonly Step[]
}

/** Writes a record and reads it back; what fails is told in its step. */
export async function smokeTest(cluster: Cluster, plan: SmokePlan): Promise<Outcome> {
  const topic = plan.topic ?? `ktool-smoke-${plan.id}`
  const record = {
    key: Buffer.from(plan.id),
    value: Buffer.from(`ktool smoke ${plan.id}`),
    headers: [['ktool-smoke', Buffer.from(plan.id)]] as [string, Buffer][],
  }
  const steps = new Steps(plan.tick, plan.stop)
  let isOurs = false
  await steps.take('connect', async () => plural((await cluster.brokers()).length, 'broker'))
  await steps.take('create', async () => {
    if (plan.topic === undefined) plan.onLeftover(topic)
    const isNew = await createUnlessThere(cluster, topic)
    isOurs = isNew && plan.topic === undefined
    return isNew ? topic : `${topic}, which is there`
  })
  if (!isOurs) plan.onLeftover(null)
  let written: Delivery | null = null
  await steps.take('write', async () => {
    written = await write(cluster, topic, record, plan.timeoutMs)
    return `partition ${written.partition}, offset ${written.offset}`
  })
  await steps.take('read', async () => {
    const read = await readAt(cluster, written!, plan.timeoutMs)
    if (!isSame(read, record)) throw new Error('the record that was read is not the one that was written')
    return 'key, value and header are those that were written'
  })
  if (isOurs) {
    await steps.take(
      'delete',
      async () => {
        plan.onLeftover(null)
        await removeTopics(cluster, [topic])
        return topic
      },
      { always: true },
    )
  }
  return { topic, steps: steps.taken }
}

class Steps {
  readonly taken: Step[] = []
  readonly #tick: () => number
  readonly #stop: AbortSignal

  constructor(tick: () => number, stop: AbortSignal) {
    this.#tick = tick
    this.#stop = stop
  }

  /** Not taken after one that failed, unless it is taken in any case. */
  async take(step: Step['step'], action: () => Promise<string>, { always = false } = {}): Promise<void> {
    if (this.#stop.aborted || (!always && this.taken.some(({ error }) => error))) return
    const start = this.#tick()
    let [detail, error]: [string, Error | null] = ['', null]
    try {
      detail = await action()
    } catch (thrown) {
      if (!(thrown instanceof Error) || thrown instanceof Interrupted) throw thrown
      error = thrown
    }
    this.taken.push({ step, ms: this.#tick() - start, detail, error })
  }
}

async function createUnlessThere(cluster: Cluster, name: string): Promise<boolean> {
  const known = (await cluster.topics([name])).get(name)
  if (known?.error === 'NONE') return false
  const error = await makeTopic(cluster, { name })
  if (error) throw error
  return true
}

async function write(
  cluster: Cluster,
  topic: string,
  record: Pick<ConsumedRecord, 'key' | 'value' | 'headers'>,
  timeoutMs: number,
): Promise<Delivery> {
  const settings = producerSettings(
    new Map([
      ['linger.ms', '0'],
      ['request.timeout.ms', String(timeoutMs)],
      ['delivery.timeout.ms', String(timeoutMs)],
      ['max.block.ms', String(timeoutMs)],
    ]),
  )
  const producer = await Producer.create(cluster, settings)
  try {
    return await producer.send({ topic, ...record })
  } finally {
    await producer.close(0)
  }
}

async function readAt(
  cluster: Cluster,
  { topic, partition, offset }: Delivery,
  timeoutMs: number,
): Promise<ConsumedRecord> {
  const target = { topic, partition, from: offset, until: addInt64(offset, 1) }
  const fetcher = new Fetcher(cluster, fetchSettings(new Map()), [target])
  try {
    const records = await fetcher.next(timeoutMs)
    if (records?.next()) return currentRecord(records)
    const detail = `no record at offset ${offset} of ${topic}-${partition} within ${timeoutMs} ms`
    throw new KafkaError('REQUEST_TIMED_OUT', detail)
  } finally {
    fetcher.close()
  }
}

function isSame(read: ConsumedRecord, written: Pick<ConsumedRecord, 'key' | 'value' | 'headers'>): boolean {
  const equal = (a: Buffer | null, b: Buffer | null): boolean => a !== null && b !== null && a.equals(b)
  const [header] = read.headers
  const [expected] = written.headers
  return (
    equal(read.key, written.key) &&
    equal(read.value, written.value) &&
    header?.[0] === expected?.[0] &&
    equal(header?.[1] ?? null, expected?.[1] ?? null)
  )
}
