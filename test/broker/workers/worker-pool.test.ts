import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { checkedBy } from '../../../src/broker/workers/check-task.ts'
import { WorkerPool } from '../../../src/broker/workers/worker-pool.ts'
import { codecByName, loadCodecs } from '../../../src/records/compression.ts'
import type { ValidationSettings } from '../../../src/records/validator.ts'
import { batch, recordsIn, START_MS } from '../../support/logs.ts'

beforeAll(loadCodecs)

const settings: ValidationSettings = {
  topicPartition: 'orders-0',
  produceVersion: 9,
  isCompacted: false,
  timestampType: 'CreateTime',
  timestampBeforeMaxMs: Number.MAX_SAFE_INTEGER,
  timestampAfterMaxMs: 3_600_000,
  maxMessageBytes: 1_000_000,
  compressionType: 'gzip',
}

function pool(entry?: URL) {
  const said: string[] = []
  const made = new WorkerPool({ error: (message, cause) => said.push(`${message}: ${cause}`) }, entry)
  onTestFinished(() => made.close())
  return { pool: made, said }
}

const check = async (workers: WorkerPool, records: Buffer) =>
  checkedBy(await workers.run('check', { records, settings, nowMs: START_MS }), records)

test('a task gets a copy of its records and gives back new ones', async () => {
  const { pool: workers, said } = pool()
  const whole = Buffer.concat([Buffer.from('before'), batch({ values: ['a', 'b'] }), Buffer.from('after')])
  const before = Buffer.from(whole)
  const { records, maxTimestamp } = await check(workers, whole.subarray(6, -5))
  expect(recordsIn(records).map(({ value }) => String(value))).toEqual(['a', 'b'])
  expect(maxTimestamp).toBe(START_MS)
  expect(whole.equals(before)).toBe(true)
  expect(said).toEqual([])
})

test('records that are stored as they came are not copied back', async () => {
  const { pool: workers } = pool()
  const packed = batch({ codec: codecByName('gzip') })
  expect((await check(workers, packed)).records.buffer).toBe(packed.buffer)
})

test('many tasks at once are all done', async () => {
  const { pool: workers } = pool()
  const values = Array.from({ length: 50 }, (_, index) => `${index}`)
  const done = await Promise.all(values.map((value) => check(workers, batch({ values: [value] }))))
  expect(done.map(({ records }) => String(recordsIn(records)[0]!.value))).toEqual(values)
})

test('where no thread can be started the work is done all the same, and that is reported once', async () => {
  const { pool: workers, said } = pool(new URL('file:///no/such/worker.js'))
  const done = await Promise.all([check(workers, batch()), check(workers, batch()), check(workers, batch())])
  expect(done.map(({ maxTimestamp }) => maxTimestamp)).toEqual([START_MS, START_MS, START_MS])
  expect(await check(workers, batch())).toMatchObject({ maxTimestamp: START_MS })
  expect(said).toHaveLength(1)
  expect(said[0]).toMatch(/^worker threads cannot be started/)
})

test('a thread that ends fails its tasks, and the next one takes its place', async () => {
  const dying = `import { parentPort } from 'node:worker_threads'
    parentPort.on('message', () => process.exit(3)); parentPort.postMessage('ready')`
  const { pool: workers, said } = pool(new URL(`data:text/javascript,${encodeURIComponent(dying)}`))
  await expect(check(workers, batch())).rejects.toThrow('the thread ended with exit code 3')
  await expect(check(workers, batch())).rejects.toThrow('the thread ended with exit code 3')
  expect(said).toHaveLength(2)
})
