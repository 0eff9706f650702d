import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startBroker } from '../../src/broker/start.ts'

test('a folder that no topic claims is set aside, not removed', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ktool-stray-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true }))
  const first = await startBroker({ dataDir, topics: [{ name: 'orders' }] })
  await first.close()
  mkdirSync(join(dataDir, 'ghost-3'))
  writeFileSync(join(dataDir, 'ghost-3', '00000000000000000000.log'), 'records')

  const said: string[] = []
  const logger = { info() {}, warn: (message: string) => said.push(message), error() {} }
  const second = await startBroker({ dataDir, logger })
  await second.close()

  const folders = readdirSync(dataDir).filter((name) => /^(ghost|orders)-/.test(name))
  expect(folders).toEqual([expect.stringMatching(/^ghost-3\.[0-9a-f]{32}-stray$/), 'orders-0'])
  expect(readdirSync(join(dataDir, folders[0]!))).toEqual(['00000000000000000000.log'])
  expect(said).toEqual([`ghost-3 belongs to no topic: its folder is now ${folders[0]}`])
})
