import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { type BrokerHandle, startBroker } from '../../../src/index.ts'
import { runTool } from '../../support/run-tool.ts'
import { testIo } from '../../support/test-io.ts'

test.each([
  ['', '--topic is a required argument'],
  ['--topic a --reject --release', 'At most one of --reject and --release may be specified.'],
  [
    '--topic a --consumer-property a=b --command-property a=b',
    'Options --consumer-property and --command-property cannot be specified together.',
  ],
  [
    '--topic a --consumer-config a --command-config b',
    'Options --consumer-config and --command-config cannot be specified together.',
  ],
  [
    '--topic a --property a=b --formatter-property a=b',
    'Options --property and --formatter-property cannot be specified together.',
  ],
  [
    '--topic a --group g --command-property group.id=h',
    "The group ids provided in different places (directly using '--group', via '--consumer-property', or via '--consumer-config') do not match. Detected group ids: 'g', 'h'",
  ],
  [
    '--topic a --command-property isolation.level=read_committed',
    'isolation.level cannot be set when using a share group.',
  ],
])('console-share-consumer %s is refused', async (line, message) => {
  const { exit, stderr } = await runTool(['console-share-consumer', ...line.split(' ').filter(Boolean)])
  expect(stderr.split('\n')[0]).toBe(message)
  expect(exit).toBe(2)
})

describe('against a broker without share groups', () => {
  let broker: BrokerHandle
  beforeAll(async () => {
    broker = await startBroker({ topics: [{ name: 'orders', partitions: 1 }] })
  })
  afterAll(() => broker.close())

  test('it says so', async () => {
    const io = testIo()
    const args = ['--bootstrap-server', broker.bootstrapServers, '--topic', 'orders']
    expect(await main('ktool', ['console-share-consumer', ...args], io)).toBe(1)
    expect(io.stderr).toContain(
      `The broker at ${broker.bootstrapServers} does not support ShareGroupHeartbeat\n`,
    )
  })
})
