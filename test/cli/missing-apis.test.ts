// Tools whose requests `ktool serve` does not answer: each says so, and fails.
import { afterAll, beforeAll, expect, test } from 'vitest'

import { type BrokerHandle, startBroker } from '../../src/broker/start.ts'
import { Cluster } from '../../src/client/cluster.ts'
import { runTool } from '../support/run-tool.ts'

let broker: BrokerHandle
beforeAll(async () => {
  broker = await startBroker({ topics: [{ name: 'orders', partitions: 1 }] })
})
afterAll(() => broker.close())

const run = (args: readonly string[]) =>
  runTool([...args, '--bootstrap-server', broker.bootstrapServers], {
    connect: () => Cluster.connect({ bootstrapServers: broker.bootstrapServers }),
  })

const DIRECTORY = '11oWnyF8RqGgogf6LzECfg'

test.each([
  ['metadata-quorum describe --status', 'DescribeQuorum'],
  ['metadata-quorum describe --replication', 'DescribeQuorum'],
  [`metadata-quorum remove-controller -i 1 -d ${DIRECTORY}`, 'RemoveRaftVoter'],
])('%s', async (args, api) => {
  const { exit, stdout, stderr } = await run(args.split(' '))
  expect([exit, stdout]).toEqual([1, ''])
  expect(stderr).toContain(`The broker at ${broker.bootstrapServers} does not support ${api}`)
})
