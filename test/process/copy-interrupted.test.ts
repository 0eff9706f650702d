// A copy that is interrupted ends at once, and reports what it did.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startBroker } from '../../src/broker/start.ts'
import { Cluster } from '../../src/client/cluster.ts'
import { OFFSET_SPECS, offsetsAt } from '../../src/client/offsets.ts'
import { Producer } from '../../src/client/produce/producer.ts'
import { producerSettings } from '../../src/client/produce/producer-config.ts'
import { millisecondsOf, startChild, until } from '../support/child.ts'
import { openPipe } from '../support/pipe.ts'

const RECORDS = 400_000

test('an interrupted copy reports the records that were acknowledged, and the offsets up to there', async () => {
  const broker = await startBroker({ topics: [{ name: 'from', partitions: 1 }] })
  const cluster = Cluster.connect({ bootstrapServers: broker.bootstrapServers })
  const folder = mkdtempSync(join(tmpdir(), 'ktool-copy-'))
  onTestFinished(async () => {
    cluster.close()
    await broker.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const producer = await Producer.create(cluster, producerSettings(new Map([['batch.size', '100000']])))
  await producer.prepare('from')
  for (let i = 0; i < RECORDS; i++) {
    if (!producer.append('from', null, Buffer.from(`${i}`))) await producer.room()
  }
  await producer.close()
  const endOf = async (topic: string) =>
    Number((await offsetsAt(cluster, [{ topic, partition: 0 }], OFFSET_SPECS.latest))[0])
  const stdout = openPipe()
  const args = [
    'copy',
    'from',
    '-b',
    broker.bootstrapServers,
    '--to-topic',
    'to',
    '--state',
    join(folder, 'state'),
  ]
  const child = startChild(args, ['ignore', stdout.input, 'pipe'])
  await until('records arrive', async () =>
    endOf('to').then(
      (end) => end > 0,
      () => false,
    ),
  )
  child.signal('SIGINT')
  expect(await millisecondsOf(child.ended)).toBeLessThan(2000)
  expect(await child.ended).toBe(130)
  const end = await endOf('to')
  expect(end).toBeLessThan(RECORDS)
  expect(stdout.read()).toBe(`from-0: ${end} records copied, offsets 0 to ${end}\n`)
})
