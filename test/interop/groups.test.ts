// Clients of all kinds read as members of groups of `ktool serve`, alone and together; Apache Kafka's tools look at the
// groups, change them, and read what the broker has written down of them.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runKafkaTool } from '../support/apache-kafka.ts'
import { describeWith } from '../support/describe-with.ts'
import { kcat, python } from '../support/outside.ts'
import { runOrThrow } from '../support/run-program.ts'
import { type KtoolProcess, runKtool, startKtool } from '../support/start-ktool.ts'
import type { RunTool } from './console-clients.ts'
import { GroupMix } from './group-mix.ts'
import { consumeWithKafkajs, writeValues } from './kafkajs-group.ts'

const TOPIC = 'work'
const PARTITIONS = 3
const VALUES = Array.from({ length: 60 }, (_, index) => `record ${index}`)
const FIRST = 20

interface Member {
  readonly name: string
  consume(servers: string, group: string, count: number): Promise<string[]>
}

const lines = (output: Buffer): string[] => output.toString().split('\n').filter(Boolean)

const scripted = (name: string, script: string, ...more: string[]): Member => ({
  name,
  async consume(servers, group, count) {
    const args = [`test/interop/${script}`, 'group', servers, TOPIC, group, String(count), ...more]
    return lines((await runOrThrow(python!, args)).stdout)
  },
})

const consoleConsumer = (name: string, run: RunTool, ...more: string[]): Member => ({
  name,
  async consume(servers, group, count) {
    const from = ['--bootstrap-server', servers, '--topic', TOPIC, '--group', group, '--from-beginning']
    const limits = ['--max-messages', String(count), '--timeout-ms', '20000']
    const { code, stdout, stderr } = await run('console-consumer', [...from, ...limits, ...more], {})
    expect(code, stderr).toBe(0)
    expect(stderr).not.toMatch(/error/i)
    return lines(stdout)
  },
})

const MEMBERS: readonly Member[] = [
  { name: 'kafkajs', consume: (servers, ...rest) => consumeWithKafkajs(servers, TOPIC, ...rest) },
  scripted('kafka-python', 'kafka_python_client.py'),
  scripted('confluent-kafka', 'confluent_kafka_client.py', 'classic'),
  scripted('confluent-kafka-new', 'confluent_kafka_client.py', 'consumer'),
  {
    name: 'kcat',
    async consume(servers, group, count) {
      const args = ['-G', group, '-b', servers, '-q', '-c', String(count), '-X', 'auto.offset.reset=earliest']
      return lines((await runOrThrow(kcat!, [...args, '-f', '%s\n', TOPIC])).stdout)
    },
  },
  consoleConsumer('ktool', (tool, args) => runKtool([tool, ...args])),
  consoleConsumer('java', runKafkaTool),
  consoleConsumer('java-new', runKafkaTool, '--command-property', 'group.protocol=consumer'),
]

describeWith(['kcat', 'python', 'apacheKafka'], 'groups', () => {
  let broker: KtoolProcess
  const kafka = async (tool: string, ...args: string[]): Promise<string> => {
    const { stdout, stderr } = await runKafkaTool(tool, [
      '--bootstrap-server',
      broker.bootstrapServers,
      ...args,
    ])
    return stdout.toString() + stderr
  }
  const createTopic = (topic: string, partitions: number) =>
    runKtool([
      ...['topics', '--bootstrap-server', broker.bootstrapServers, '--create', '--topic', topic],
      ...['--partitions', String(partitions)],
    ])

  beforeAll(async () => {
    broker = await startKtool()
    await createTopic(TOPIC, PARTITIONS)
    await writeValues(broker.bootstrapServers, TOPIC, PARTITIONS, VALUES)
  })
  afterAll(async () => {
    expect(await broker.stop()).toBe(0)
  })

  test.each(MEMBERS)('$name goes on from what it has committed', async ({ name, consume }) => {
    const first = await consume(broker.bootstrapServers, `of-${name}`, FIRST)
    expect(new Set(first).size).toBe(FIRST)
    const rest = await consume(broker.bootstrapServers, `of-${name}`, VALUES.length - FIRST)
    expect([...first, ...rest].sort()).toEqual([...VALUES].sort())
  })

  test('members of three kinds share the partitions of a topic', async () => {
    const mix = new GroupMix(broker.bootstrapServers, 'mixed')
    await createTopic('shared', 6)
    try {
      await mix.start('shared')
      await mix.isBalanced(2)
      const members = await kafka(
        'consumer-groups',
        '--describe',
        '--group',
        'mixed',
        '--members',
        '--verbose',
      )
      expect(members.match(/^mixed +\S+ +\S+ +\S+ +2 .*shared:\d,\d/gm), members).toHaveLength(3)
      await writeValues(broker.bootstrapServers, 'shared', 6, VALUES)
      const seen = await mix.read(VALUES.length)
      expect(seen.map(({ value }) => value).sort()).toEqual([...VALUES].sort())
      const owners = new Set(seen.map(({ partition, member }) => `${partition} ${member}`))
      expect(owners.size).toBe(6)
    } finally {
      await mix.stop()
    }
  })

  test('Apache Kafka’s consumer-groups finds, resets and deletes them', async () => {
    const listed = await kafka('consumer-groups', '--list', '--type', '--state')
    for (const { name } of MEMBERS) {
      const type = name.endsWith('-new') ? 'Consumer' : 'Classic'
      expect(listed).toMatch(new RegExp(`^of-${name} +${type} +Empty`, 'm'))
    }
    const described = await kafka('consumer-groups', '--describe', '--all-groups')
    for (const { name } of MEMBERS) {
      const rows = described.match(new RegExp(`^of-${name} +work +\\d +20 +20 +0 `, 'gm'))
      expect(rows, described).toHaveLength(PARTITIONS)
    }
    const groups = ['--group', 'of-kcat', '--group', 'of-java-new']
    const reset = await kafka(
      ...(['consumer-groups', '--reset-offsets', ...groups, '--topic', `${TOPIC}:1`] as const),
      ...['--to-offset', '5', '--execute'],
    )
    expect(reset.match(/^of-(kcat|java-new) +work +1 +5/gm), reset).toHaveLength(2)
    const again = await consumeWithKafkajs(broker.bootstrapServers, TOPIC, 'of-kcat', 15)
    expect(again.sort()).toEqual(
      VALUES.filter((_, index) => index % 3 === 1)
        .slice(5)
        .sort(),
    )
    const dropped = await kafka('consumer-groups', '--delete-offsets', '--group', 'of-java', '--topic', TOPIC)
    expect(dropped).toMatch(/Successful/)
    expect(await kafka('consumer-groups', '--delete', ...groups)).toMatch(/successful/)
    expect((await kafka('groups', '--list')).match(/^of-(kcat|java-new) /gm)).toBeNull()
  })

  test('Apache Kafka’s formatters and dump-log read what the broker has written down', async () => {
    const topic = ['--bootstrap-server', broker.bootstrapServers, '--topic', '__consumer_offsets']
    const format = 'org.apache.kafka.tools.consumer.OffsetsMessageFormatter'
    const options = ['--from-beginning', '--timeout-ms', '4000', '--formatter', format]
    const printed = (await runKafkaTool('console-consumer', [...topic, ...options])).stdout.toString()
    // It writes them without anything in between.
    const commits = printed.split(/(?<=\})(?=\{"key")/).map((record) => JSON.parse(record))
    for (const { name } of MEMBERS) {
      const own = commits.filter(({ key }) => key.data.group === `of-${name}`)
      for (let partition = 0; partition < PARTITIONS; partition++) {
        const ofPartition = own.filter(({ key, value }) => key.data.partition === partition && value)
        expect(
          ofPartition.map(({ value }) => value.data.offset),
          name,
        ).toContain(20)
      }
    }
    const logs = readdirSync(broker.dataDir)
      .filter((name) => name.startsWith('__consumer_offsets-'))
      .map((name) => join(broker.dataDir, name, '00000000000000000000.log'))
    const { stdout, stderr } = await runKafkaTool('dump-log', [
      '--offsets-decoder',
      '--files',
      logs.join(','),
    ])
    expect(stderr).toBe('')
    const dumped = stdout.toString()
    expect(dumped).not.toMatch(/isvalid: false|exception|unknown/i)
    for (const { name } of MEMBERS) {
      expect(dumped).toMatch(new RegExp(`^\\| offset: \\d+ .*"group":"of-${name}","topic":"work"`, 'm'))
    }
    // Records of groups, of both protocols, beside the commits.
    expect(dumped).toMatch(/"group":"of-java".*"protocolType":"consumer"/)
    expect(dumped).toMatch(/"groupId":"of-java-new".*"memberId"/)
  })
})
