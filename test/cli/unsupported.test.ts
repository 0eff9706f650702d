// What ktool's own broker lacks: the tools say so in one sentence, and fail.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

import { main } from '../../src/cli/main.ts'
import { type BrokerHandle, startBroker } from '../../src/index.ts'
import { testIo } from '../support/test-io.ts'

let broker: BrokerHandle
beforeAll(async () => {
  broker = await startBroker({ topics: [{ name: 'orders', partitions: 1 }] })
})
afterAll(() => broker.close())

test.each([
  ['acls --list', 'Error while executing ACL command: ', 'DescribeAcls'],
  ['acls --add --topic a --allow-principal User:a', 'Error while executing ACL command: ', 'DescribeAcls'],
  ['metadata-quorum describe --status', '', 'DescribeQuorum'],
  ['metadata-quorum describe --replication', '', 'DescribeQuorum'],
  ['metadata-quorum remove-controller -i 1 -d 11oWnyF8RqGgogf6LzECfg', '', 'RemoveRaftVoter'],
  ['reassign-partitions --list', 'Error: ', 'ListPartitionReassignments'],
  ['leader-election --election-type preferred --all-topic-partitions', '', 'ElectLeaders'],
  ['acls --remove --topic a', 'Error while executing ACL command: ', 'DeleteAcls'],
])('%s', async (args, before, api) => {
  const io = testIo()
  const words = [...args.split(' '), '--bootstrap-server', broker.bootstrapServers]
  expect(await main('ktool', words, io)).toBe(1)
  expect([io.stdout, io.stderr]).toEqual([
    '',
    `${before}The broker at ${broker.bootstrapServers} does not support ${api}\n`,
  ])
})

test.each([
  ['create --max-life-time-period -1', 'CreateDelegationToken'],
  ['renew AAAA --renew-time-period -1', 'RenewDelegationToken'],
  ['expire AAAA --expiry-time-period -1', 'ExpireDelegationToken'],
  ['describe', 'DescribeDelegationToken'],
])('delegation-tokens %s', async (args, api) => {
  const folder = mkdtempSync(join(tmpdir(), 'ktool-login-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const login = join(folder, 'login.properties')
  writeFileSync(login, `bootstrap.servers=${broker.bootstrapServers}\n`)
  const io = testIo()
  const words = ['delegation-tokens', ...args.split(' '), '--command-config', login]
  expect(await main('ktool', words, io)).toBe(1)
  expect(io.stderr).toBe(
    `org.apache.kafka.common.errors.UnsupportedVersionException: The broker at ${broker.bootstrapServers} does not support ${api}\n`,
  )
})

test.each([
  ['list', 'list transactions', 'ListTransactions'],
  ['describe x', 'describe transaction state of transactional-id `x`', 'DescribeTransactions'],
  ['describe-producers orders 0', 'describe producers for partition orders-0 on leader', 'DescribeProducers'],
  [
    'find-hanging orders',
    'describe producers for 1 partitions on broker Optional.empty',
    'DescribeProducers',
  ],
  ['abort orders 0 --start-offset 0', 'validate producer state for partition orders-0', 'DescribeProducers'],
  [
    'abort orders 0 --producer-id 1 --producer-epoch 2 --coordinator-epoch -1',
    'abort transaction AbortTransactionSpec(topicPartition=orders-0, producerId=1, producerEpoch=2, coordinatorEpoch=0)',
    'WriteTxnMarkers',
  ],
  ['forceTerminateTransaction x', 'force terminate transactionalId `x`', 'EndTxn'],
])('transactions %s', async (args, what, api) => {
  const io = testIo()
  const words = ['transactions', ...args.split(' '), '--bootstrap-server', broker.bootstrapServers]
  expect(await main('ktool', words, io)).toBe(1)
  expect([io.stdout, io.stderr]).toEqual([
    '',
    `Failed to ${what}: The broker at ${broker.bootstrapServers} does not support ${api}. ` +
      'Enable debug logging for additional detail.\n',
  ])
})
