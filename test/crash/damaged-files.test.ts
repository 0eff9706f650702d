// A broker that was killed, and a bit of its files flipped: what is lost is reported, and the rest is served.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { OffsetCommit } from '../../src/protocol/messages/commits.ts'
import { FindCoordinator } from '../../src/protocol/messages/metadata.ts'
import { Produce } from '../../src/protocol/messages/produce.ts'
import { batch } from '../support/logs.ts'
import { produceTo } from '../support/partition-requests.ts'
import { type KtoolProcess, startKtool } from '../support/start-ktool.ts'
import { WireClient } from '../support/wire-client.ts'

const RECORDS = 20

async function startWith(dataDir: string): Promise<KtoolProcess> {
  const broker = await startKtool({ dataDir, args: ['--topic', 'orders', '--topic', 'other'] })
  onTestFinished(async () => void (await broker.stop()))
  return broker
}

function connectTo({ port }: KtoolProcess): WireClient {
  const socket = connect({ port, host: '127.0.0.1' })
  onTestFinished(() => {
    socket.destroy()
  })
  return new WireClient(socket)
}

async function fill(client: WireClient): Promise<void> {
  for (const topic of ['orders', 'other']) {
    for (let i = 0; i < RECORDS; i++) await client.ask(Produce, 9, produceTo({ topic }, batch()))
  }
  await client.ask(FindCoordinator, 3, { key: 'billing', keyType: 0 })
  const { topics } = await client.ask(OffsetCommit, 8, {
    groupId: 'billing',
    generationIdOrMemberEpoch: -1,
    memberId: '',
    topics: [
      { name: 'orders', partitions: [{ partitionIndex: 0, committedOffset: 7, committedMetadata: '' }] },
    ],
  })
  expect(topics[0]!.partitions[0]!.errorCode).toBe(0)
}

function flipByte(path: string, position: number): void {
  const bytes = readFileSync(path)
  bytes[position]! ^= 1
  writeFileSync(path, bytes)
}

const logOf = (dataDir: string, partition: string): string =>
  join(dataDir, partition, '00000000000000000000.log')

test('after a kill, bits flipped in records and in committed offsets are reported at the next start', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ktool-damaged-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  let broker = await startWith(dataDir)
  await fill(connectTo(broker))
  await broker.kill()
  const offsets = readdirSync(dataDir).find(
    (name) => name.startsWith('__consumer_offsets-') && readFileSync(logOf(dataDir, name)).length > 0,
  )!
  flipByte(logOf(dataDir, 'orders-0'), 66)
  flipByte(logOf(dataDir, offsets), 100)

  broker = await startWith(dataDir)
  const warnings = broker
    .log()
    .split('\n')
    .filter((line) => line.includes('warning: '))
  expect(warnings).toHaveLength(2)
  const [ofOrders, ofOffsets] = [`orders-0: cut '${logOf(dataDir, 'orders-0')}'`, `${offsets}: cut '`]
  expect(warnings.find((line) => line.includes(ofOrders))).toMatch(
    /at position 0, offset 0: the CRC of the batch at offset 0 does not match its bytes; 20 records \(\d+ bytes\) removed, kept as/,
  )
  expect(warnings.find((line) => line.includes(ofOffsets))).toContain('1 record (')
  expect(broker.ready.recovery).toMatchObject({ wasClean: false, truncatedRecords: 21, removedSegments: 0 })
  expect(broker.log()).toMatch(/checked \d+ logs after an unclean stop: 21 records \(\d+ bytes\) cut off/)
})
