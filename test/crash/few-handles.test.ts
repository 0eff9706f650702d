// A broker with more partitions than the process has file handles: it takes records for all of them, and starts again
// after it was killed.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ListOffsets } from '../../src/protocol/messages/offsets.ts'
import { Produce } from '../../src/protocol/messages/produce.ts'
import { batch } from '../support/logs.ts'
import { startKtool } from '../support/start-ktool.ts'
import { WireClient } from '../support/wire-client.ts'

const TOPICS = Array.from({ length: 200 }, (_, index) => `topic-${index}`)
const LATEST = -1
/** Of the process itself, its streams, its listener and lock, and a few that come and go. */
const BASE_HANDLES = 40

function connectTo(port: number): WireClient {
  const socket = connect({ port, host: '127.0.0.1' })
  onTestFinished(() => {
    socket.destroy()
  })
  return new WireClient(socket)
}

async function produceToAll(client: WireClient): Promise<number[]> {
  const { responses } = await client.ask(Produce, 9, {
    transactionalId: null,
    acks: 1,
    timeoutMs: 30_000,
    topicData: TOPICS.map((name) => ({ name, partitionData: [{ index: 0, records: batch() }] })),
  })
  return responses.flatMap(({ partitionResponses }) => partitionResponses.map(({ errorCode }) => errorCode))
}

async function endOffsets(client: WireClient): Promise<number[]> {
  const { topics } = await client.ask(ListOffsets, 6, {
    replicaId: -1,
    isolationLevel: 0,
    topics: TOPICS.map((name) => ({ name, partitions: [{ partitionIndex: 0, timestamp: LATEST }] })),
  })
  return topics.flatMap(({ partitions }) => partitions.map(({ offset }) => Number(offset)))
}

const handlesOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length

test.runIf(process.platform === 'linux')(
  'two hundred topics fit into 128 handles, while they are written and after a kill',
  async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'ktool-handles-'))
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
    const topics = TOPICS.flatMap((name) => ['--topic', name])
    let broker = await startKtool({ dataDir, args: topics, maxHandles: 128 })
    onTestFinished(async () => void (await broker.stop()))
    const all = (value: number) => TOPICS.map(() => value)

    expect(await produceToAll(connectTo(broker.port))).toEqual(all(0))
    expect(handlesOf(broker.pid)).toBeLessThan(128)
    await broker.kill()

    broker = await startKtool({ dataDir, maxHandles: 128 })
    expect(handlesOf(broker.pid)).toBeLessThan(BASE_HANDLES)
    const client = connectTo(broker.port)
    expect(await endOffsets(client)).toEqual(all(1))
    expect(await produceToAll(client)).toEqual(all(0))
    // Once they are idle, none of them holds a file.
    await expect.poll(() => handlesOf(broker.pid), { timeout: 30_000 }).toBeLessThan(BASE_HANDLES)
  },
)
