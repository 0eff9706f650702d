// Tools that only show what they are worth with more than one broker: what they say, and what becomes of it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { main } from '../../src/cli/main.ts'
import { Cluster } from '../../src/client/cluster.ts'
import { producerSettings } from '../../src/client/produce/producer-config.ts'
import { TransactionalProducer } from '../../src/client/produce/transactions.ts'
import {
  type ApacheKafkaProcess,
  runKafkaTool,
  startApacheKafka,
  startSecondBroker,
} from '../support/apache-kafka.ts'
import { describeWith } from '../support/describe-with.ts'
import { testIo } from '../support/test-io.ts'

const SOON = { timeout: 30_000, interval: 200 }

describeWith(['apacheKafka'], 'a cluster of two brokers', () => {
  let folder: string
  let first: ApacheKafkaProcess
  let second: ApacheKafkaProcess

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ktool-two-brokers-'))
    const dirs = `log.dirs=${join(folder, 'kafka/data')},${join(folder, 'kafka/other')}`
    first = await startApacheKafka([dirs], join(folder, 'kafka'))
    second = await startSecondBroker(first)
    await vi.waitFor(
      async () => expect((await ktool('cluster list-endpoints -o name')).stdout.split('\n')).toHaveLength(3),
      SOON,
    )
  }, 120_000)

  afterAll(async () => {
    await second?.stop()
    await first?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  async function ktool(args: string, input = '') {
    const io = testIo({ input, env: { KTOOL_BOOTSTRAP_SERVERS: first.bootstrapServers }, now: Date.now() })
    const exit = await main('ktool', args.split(' '), io)
    return { exit, stdout: io.stdout, stderr: io.stderr }
  }

  const items = async (args: string) => JSON.parse((await ktool(`${args} -o json`)).stdout)
  const kafka = async (...args: string[]) =>
    (
      await runKafkaTool(args[0]!, ['--bootstrap-server', first.bootstrapServers, ...args.slice(1)])
    ).stdout.toString()

  function write(name: string, partitions: object[]): string {
    const path = join(folder, name)
    writeFileSync(path, JSON.stringify({ version: 1, partitions }))
    return path
  }

  // A follower fetches a megabyte at once, whatever the throttle: several of them take a while.
  const records = Array.from({ length: 2000 }, (_, at) => `${at}:${'x'.repeat(2000)}\n`).join('')

  test('controllers are asked without a broker, and by way of one', async () => {
    const direct = `--bootstrap-controller 127.0.0.1:${first.port + 1}`
    const [status] = await items(`metadata-quorum describe --status ${direct}`)
    expect(status).toMatchObject({ leaderId: 1, voters: [{ id: 1 }], observers: [{ id: 2 }] })
    const replicas = await items('metadata-quorum describe --replication')
    expect(replicas.map(({ nodeId, status: what }: Record<string, unknown>) => [nodeId, what])).toEqual([
      [1, 'Leader'],
      [2, 'Observer'],
    ])
    expect(await items(`cluster list-endpoints ${direct}`)).toMatchObject([
      { id: 1, endpointType: 'controller' },
    ])
    expect((await ktool(`configs --describe --topic a ${direct}`)).stderr).toContain(
      'This Admin API is not yet supported when communicating directly with the controller quorum.',
    )
    const altered = await ktool(`configs --alter --broker 2 --add-config log.cleaner.threads=2 ${direct}`)
    expect(altered.stdout).toBe('Completed updating config for broker 2.\n')
    await vi.waitFor(
      async () =>
        expect((await ktool('configs --describe --broker 2')).stdout).toContain('log.cleaner.threads=2'),
      SOON,
    )
  })

  test('partitions move with a throttle, are called off, and move in the end', async () => {
    await ktool('topics create moved --replica-assignment 1')
    await ktool('console-producer --topic moved', records)
    const plan = write('plan.json', [{ topic: 'moved', partition: 0, replicas: [2] }])

    const dry = await ktool(`reassign-partitions execute ${plan} --dry-run`)
    expect(dry.stderr).toBe('dry run: moved-0 would be moved from brokers 1 to 2\n')
    const executed = await ktool(`reassign-partitions execute ${plan} --throttle 1000`)
    expect(executed.stdout).toMatch(
      /The inter-broker throttle limit was set to 1000 B\/s\nSuccessfully started partition reassignment for moved-0\n$/,
    )
    expect(await items('reassign-partitions list')).toEqual([
      { topic: 'moved', partition: 0, replicas: [2, 1], addingReplicas: [2], removingReplicas: [1] },
    ])
    const verified = (await ktool(`reassign-partitions verify ${plan}`)).stdout
    expect(verified).toContain('Reassignment of partition moved-0 is still in progress.')
    expect(await kafka('reassign-partitions', '--verify', '--reassignment-json-file', plan)).toBe(verified)
    const configs = (await ktool('configs --describe --topic moved')).stdout
    expect(configs).toContain('leader.replication.throttled.replicas=0:1 ')
    expect(configs).toContain('follower.replication.throttled.replicas=0:2 ')
    expect((await ktool(`reassign-partitions execute ${plan}`)).stderr).toMatch(
      /^Cannot execute because there is/,
    )

    const cancelled = await ktool(`reassign-partitions cancel ${plan}`)
    expect(cancelled.stdout).toBe(
      'Successfully cancelled partition reassignment for: moved-0\n' +
        'None of the specified partition moves are active.Clearing broker-level throttles on brokers 1,2\n' +
        'Clearing topic-level throttles on topic moved\n',
    )
    expect((await ktool('configs --describe --topic moved')).stdout).not.toContain('throttled')
    expect((await ktool(`reassign-partitions verify ${plan}`)).stdout).toContain(
      'There is no active reassignment of partition moved-0, but replica set is 1 rather than 2.',
    )

    await ktool(`reassign-partitions execute ${plan}`)
    await vi.waitFor(
      async () =>
        expect(await items(`reassign-partitions verify ${plan}`)).toMatchObject([
          { state: 'completed', replicas: [2] },
        ]),
      SOON,
    )
    expect(await items('get-offsets --topic moved')).toMatchObject([{ offset: 2000 }])
  })

  test('a replica moves into another folder of its broker', async () => {
    await ktool('topics create folders --replica-assignment 1')
    await ktool('console-producer --topic folders', records)
    const topics = join(folder, 'topics.json')
    writeFileSync(topics, JSON.stringify({ topics: [{ topic: 'folders' }] }))
    const generate = `reassign-partitions generate --topics-to-move-json-file ${topics} --broker-list 1`
    const [{ logDirs }] = await items(generate)
    const other = ['data', 'other']
      .map((name) => join(folder, 'kafka', name))
      .find((dir) => dir !== logDirs[0])!
    const plan = write('folders.json', [{ topic: 'folders', partition: 0, replicas: [1], log_dirs: [other] }])

    const executed = await ktool(`reassign-partitions execute ${plan} --replica-alter-log-dirs-throttle 1000`)
    expect(executed.stdout).toContain(
      `Successfully started moving log directory to ${other} for replica folders-0 with broker 1 \n`,
    )
    expect((await ktool(`reassign-partitions verify ${plan}`)).stdout).toContain(
      'Reassignment of replica folders-0-1 is still in progress.\n',
    )
    await ktool(`reassign-partitions cancel ${plan}`)
    expect((await ktool(`reassign-partitions verify ${plan}`)).stdout).toContain(
      `Partition folders-0 on broker 1 is not being moved from log dir ${logDirs[0]} to ${other}.`,
    )
    await ktool(`reassign-partitions execute ${plan}`)
    await vi.waitFor(async () => expect((await items(generate))[0].logDirs).toEqual([other]), {
      timeout: 30_000,
      interval: 200,
    })
  })

  test('the preferred replica is elected once it is in sync', async () => {
    await ktool('topics create led --replica-assignment 1:2')
    const plan = write('led.json', [{ topic: 'led', partition: 0, replicas: [2, 1] }])
    await ktool(`reassign-partitions execute ${plan}`)
    await vi.waitFor(
      async () =>
        expect((await ktool('leader-election led 0 --election-type preferred --dry-run')).stderr).toBe(
          'dry run: broker 2 would be elected in place of broker 1 for led-0\n',
        ),
      SOON,
    )
    expect(await ktool('leader-election --election-type preferred --all-topic-partitions')).toEqual({
      exit: 0,
      stdout: 'Successfully completed leader election (PREFERRED) for partitions led-0\n',
      stderr: '',
    })
    expect((await ktool('leader-election led 0 --election-type preferred')).stdout).toBe(
      'Valid replica already elected for partitions led-0\n',
    )
  })

  test('a transaction that is open is seen, and ended over the head of its producer', async () => {
    await ktool('topics create paid --replica-assignment 2')
    const cluster = Cluster.connect({ bootstrapServers: first.bootstrapServers })
    try {
      const settings = producerSettings(new Map([['transactional.id', 'till']]))
      const transactional = await TransactionalProducer.open(cluster, settings)
      transactional.begin()
      await transactional.producer.prepare('paid')
      transactional.producer.append('paid', null, Buffer.from('x'))
      await transactional.producer.flush()

      expect(await items('transactions list')).toMatchObject([{ transactionalId: 'till', state: 'Ongoing' }])
      expect(await items('transactions describe till')).toMatchObject([
        { state: 'Ongoing', partitions: [{ topic: 'paid', partition: 0 }] },
      ])
      expect(await items('transactions describe-producers paid 0')).toMatchObject([
        { transactionStartOffset: 0 },
      ])
      // Its coordinator knows of it, so it does not hang.
      expect(await items('transactions find-hanging paid --max-transaction-timeout -1')).toEqual([])
      expect(await ktool('transactions abort paid 0 --start-offset 0')).toEqual({
        exit: 0,
        stdout: '',
        stderr: '',
      })
      expect(await items('transactions describe-producers paid 0')).toMatchObject([
        { transactionStartOffset: null },
      ])
      expect((await ktool('transactions forceTerminateTransaction till')).exit).toBe(0)
      expect(await items('transactions describe till')).toMatchObject([{ state: 'Empty', partitions: [] }])
    } finally {
      cluster.close()
    }
  })
})
