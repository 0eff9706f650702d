// What an embedding program sees when its broker loses the data folder.
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startBroker } from '../../src/broker/start.ts'
import { errorCode } from '../../src/protocol/errors.ts'
import { CreateTopics } from '../../src/protocol/messages/topics.ts'
import { startTestBroker } from '../support/broker.ts'
import type { MemoryFiles } from '../support/memory-files.ts'

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ktool-loss-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('`failed` has the reason, the ports are closed, and closing again is no error', async () => {
  const dataDir = freshFolder()
  const said: string[] = []
  const logger = {
    info() {},
    warn() {},
    error: (message: string, cause: unknown) => said.push(`${message}: ${cause}`),
  }
  const broker = await startBroker({ dataDir, logger })
  rmSync(join(dataDir, '.lock'))
  const reason = await broker.failed
  expect(reason.message).toMatch(/'.*\.lock' was removed/)
  expect(said).toEqual([expect.stringMatching(/^fatal, closing the broker: .*was removed/)])
  const socket = connect({ host: '127.0.0.1', port: Number(broker.bootstrapServers.split(':')[1]) })
  await expect(new Promise((_, reject) => socket.on('error', reject))).rejects.toThrow('ECONNREFUSED')
  await broker.close()
})

test('closing a broker whose folder was lost unnoticed is an error', async () => {
  const dataDir = join(freshFolder(), 'data')
  const broker = await startBroker({ dataDir })
  renameSync(dataDir, `${dataDir}-elsewhere`)
  await expect(broker.close()).rejects.toThrow(/'.*data' is no longer the folder of this broker/)
  expect(existsSync(dataDir)).toBe(false)
})

test('a temporary folder that another broker has taken over is not removed', async () => {
  const broker = await startBroker()
  onTestFinished(() => rmSync(broker.dataDir, { recursive: true, force: true }))
  rmSync(join(broker.dataDir, '.lock'))
  const other = await startBroker({ dataDir: broker.dataDir })
  await broker.failed
  await broker.close()
  expect(existsSync(join(broker.dataDir, '.lock'))).toBe(true)
  await other.close()
})

test('no change of the cluster is acknowledged, and the broker closes itself', async () => {
  const test = await startTestBroker()
  const files = test.files as MemoryFiles
  files.remove(`${test.folder}/.lock`)
  test.clock.pass(100)
  const topics = [{ name: 'new', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }]
  // The connection may be closed before the answer has left.
  const answer = await test.ask(CreateTopics, 7, { topics, timeoutMs: 1000 }).catch(() => null)
  if (answer) expect(answer.topics).toMatchObject([{ errorCode: errorCode('KAFKA_STORAGE_ERROR') }])
  expect((await test.broker.failed).message).toContain('was removed')
  expect(test.broker.image.topics.size).toBe(0)
})
