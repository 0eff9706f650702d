// Share groups and streams groups live on Apache Kafka alone: our tools and Apache's look at the same groups there, and
// have to print the same. A member of a streams group is played by the test.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Cluster } from '../../src/client/cluster.ts'
import { commitOffsets } from '../../src/client/groups/committed-offsets.ts'
import { type ApacheKafkaProcess, runKafkaTool, startApacheKafka } from '../support/apache-kafka.ts'
import { describeWith } from '../support/describe-with.ts'
import { runProgram } from '../support/run-program.ts'
import { KTOOL, runKtool } from '../support/start-ktool.ts'
import { StreamsMember } from '../support/streams-member.ts'

const APP = 'app'
const CHANGELOG = `${APP}-store-changelog`
const REPARTITION = `${APP}-by-key-repartition`
const internal = (name: string) => ({ name, partitions: 0, replicationFactor: 1, topicConfigs: [] })
const TOPOLOGY = {
  epoch: 0,
  subtopologies: [
    {
      subtopologyId: '0',
      sourceTopics: ['streamed'],
      sourceTopicRegex: [],
      stateChangelogTopics: [],
      repartitionSinkTopics: [REPARTITION],
      repartitionSourceTopics: [],
      copartitionGroups: [],
    },
    {
      subtopologyId: '1',
      sourceTopics: [],
      sourceTopicRegex: [],
      stateChangelogTopics: [internal(CHANGELOG)],
      repartitionSinkTopics: [],
      repartitionSourceTopics: [{ ...internal(REPARTITION), partitions: 2 }],
      copartitionGroups: [],
    },
  ],
}

describeWith(['apacheKafka'], 'share groups and streams groups', () => {
  let kafka: ApacheKafkaProcess
  let cluster: Cluster
  const args = (line: string): [string, ...string[]] => {
    const [tool, ...rest] = line.split(' ')
    return [tool!, '--bootstrap-server', kafka.bootstrapServers, ...rest]
  }
  const ktool = async (line: string, input?: string) => {
    const { code, stdout, stderr } = await runKtool(args(line), input === undefined ? {} : { input })
    return { code, stdout: stdout.toString(), stderr }
  }
  const apache = async (line: string): Promise<string> => {
    const [tool, ...rest] = args(line)
    return (await runKafkaTool(tool, rest)).stdout.toString()
  }
  /** Lines in any order: Kafka's tools go by the order of hash maps. */
  const sorted = (text: string): string[] => text.split('\n').sort()

  beforeAll(async () => {
    kafka = await startApacheKafka()
    cluster = Cluster.connect({ bootstrapServers: kafka.bootstrapServers })
    for (const topic of ['shared', 'streamed']) {
      await ktool(`topics --create --topic ${topic} --partitions 2`)
    }
    await ktool('configs --alter --group sharers --add-config share.auto.offset.reset=earliest')
    await ktool('console-producer --topic shared --partition 0', 'a\nb\nc\nd\n')
    await ktool('console-producer --topic streamed --partition 1', 'a\nb\nc\n')
  }, 60_000)
  afterAll(async () => {
    cluster.close()
    await kafka.stop()
  })

  describe('console-share-consumer', () => {
    const consume = 'console-share-consumer --topic shared --group sharers'
    const counted = '--formatter-property print.offset=true --formatter-property print.delivery=true'

    test('accepts what it printed, and releases the rest, which Apache’s tool gets a second time', async () => {
      const { code, stdout, stderr } = await ktool(`${consume} --max-messages 2 ${counted}`)
      expect({ code, stdout, stderr }).toEqual({
        code: 0,
        stdout: 'Offset:0\tDelivery:1\ta\nOffset:1\tDelivery:1\tb\n',
        stderr: 'Processed a total of 2 messages\n',
      })
      expect(await apache(`${consume} --max-messages 1 ${counted}`)).toBe('Offset:2\tDelivery:2\tc\n')
    })

    test('released records come again, rejected ones do not', async () => {
      const released = await ktool(`${consume} --release --max-messages 2 -o jsonl`)
      const seen = released.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      expect(seen).toMatchObject([
        { topic: 'shared', offset: 3, value: 'd', deliveryCount: 3 },
        { topic: 'shared', offset: 3, value: 'd', deliveryCount: 4 },
      ])
      expect((await ktool(`${consume} --reject --max-messages 1 ${counted}`)).stdout).toBe(
        'Offset:3\tDelivery:5\td\n',
      )
      const none = await ktool(`${consume} --timeout-ms 1500`)
      expect(none).toEqual({ code: 0, stdout: '', stderr: 'Processed a total of 0 messages\n' })
    })

    test('a record that cannot be printed is released, or rejected on demand', async () => {
      await ktool('console-producer --topic shared --partition 0', 'odd\n12345678\n')
      const longs = '--value-deserializer org.apache.kafka.common.serialization.LongDeserializer'
      const failing = await ktool(`${consume} ${longs} --timeout-ms 5000`)
      expect(failing.code).toBe(1)
      const going = await ktool(`${consume} ${longs} --timeout-ms 1500 --reject-message-on-error -o text`)
      expect(going).toMatchObject({ code: 0, stdout: '3544952156018063160\n' })
      expect(going.stderr).toContain('Processed a total of 2 messages')
    })
  })

  describe('console-share-consumer that is stopped', () => {
    const RECORDS = 20_000
    const lines = (text: string) => text.split('\n').filter(Boolean)
    const command = () =>
      `${process.execPath} ${KTOOL} console-share-consumer --bootstrap-server ${kafka.bootstrapServers} --topic piped --group pipers`

    beforeAll(async () => {
      await ktool('topics --create --topic piped')
      await ktool('configs --alter --group pipers --add-config share.auto.offset.reset=earliest')
      const values = Array.from({ length: RECORDS }, (_, at) => `${at} ${'x'.repeat(100)}\n`)
      await ktool('console-producer --topic piped', values.join(''))
    })

    test('a closed pipe ends it, and what was not written is delivered again', async () => {
      const script = `${command()} | head -n 1; echo "exit \${PIPESTATUS[0]}"`
      const { stdout, stderr } = await runProgram('bash', ['-c', script], { timeoutMs: 20_000 })
      const [first, exit] = lines(stdout.toString())
      expect({ first, exit, stderr }).toEqual({
        first: expect.stringMatching(/^0 x/),
        exit: 'exit 0',
        stderr: expect.stringMatching(
          /^WARN: the reader of standard output went away; only the messages written to it are acknowledged: \d+\n$/,
        ),
      })
      const left = await ktool(
        'console-share-consumer --topic piped --group pipers --timeout-ms 2000 -o jsonl',
      )
      const records = lines(left.stdout).map((line) => JSON.parse(line))
      expect(records.at(-1).value).toMatch(new RegExp(`^${RECORDS - 1} x`))
      expect(records[0]).toMatchObject({ deliveryCount: 2 })
    }, 40_000)

    test('an interrupt ends it with 130, and it leaves the group', async () => {
      const child = spawn(process.execPath, [
        ...[KTOOL, 'console-share-consumer', '--bootstrap-server', kafka.bootstrapServers],
        ...['--topic', 'piped', '--group', 'pipers'],
      ])
      const ended = once(child, 'exit')
      await ktool('console-producer --topic piped', 'last\n')
      await once(child.stdout, 'data')
      child.kill('SIGINT')
      expect(await ended).toEqual([130, null])
      const described = await ktool('share-groups --describe --group pipers --state -o json')
      expect(JSON.parse(described.stdout)).toMatchObject([{ state: 'Empty', memberCount: 0 }])
    })
  })

  describe('share-groups', () => {
    test.each([
      'share-groups --list --state',
      'share-groups --describe --group sharers --verbose',
      'share-groups --describe --all-groups --state --verbose',
      'share-groups --reset-offsets --group sharers --topic shared:0 --to-earliest --dry-run',
    ])('%s prints what Apache’s tool prints', async (line) => {
      const { code, stdout } = await ktool(line)
      expect(code).toBe(0)
      const expected = await apache(line)
      // Which group comes first is up to a hash map there.
      if (/--list|--all-groups/.test(line)) expect(sorted(stdout)).toEqual(sorted(expected))
      else expect(stdout).toBe(expected)
    })
  })

  describe('streams-groups', () => {
    let streams: StreamsMember

    beforeAll(async () => {
      streams = new StreamsMember(cluster, APP, 'AAAAAAAAAAAAAAAAAAAAAQ')
      await streams.join(TOPOLOGY)
    }, 30_000)

    test('the member got the tasks of both parts', () => {
      expect(streams.tasks.map(({ subtopologyId }) => subtopologyId).sort()).toEqual(['0', '1'])
    })

    test.each([
      'streams-groups --list --state',
      'streams-groups --describe --group app',
      'streams-groups --describe --group app --verbose',
      'streams-groups --describe --group app --members',
      'streams-groups --describe --group app --members --verbose',
      'streams-groups --describe --group app --state --verbose',
    ])('%s prints what Apache’s tool prints', async (line) => {
      const { code, stdout } = await ktool(line)
      expect(code).toBe(0)
      expect(sorted(stdout)).toEqual(sorted(await apache(line)))
    })

    test('a group with members is neither reset nor deleted', async () => {
      const reset = await ktool(
        'streams-groups --reset-offsets --group app --all-input-topics --to-latest --execute',
      )
      expect(reset).toMatchObject({ code: 1 })
      expect(reset.stderr).toContain(
        "Error: Assignments can only be reset if the group 'app' is inactive, but the current state is Stable.",
      )
      const deleted = await ktool('streams-groups --delete --group app')
      expect(deleted.stderr).toContain(
        "* Group 'app' could not be deleted due to: Streams group 'app' is not EMPTY.",
      )
    })

    test('an empty one is reset to where Apache’s tool would', async () => {
      await streams.leave()
      const offsets = [0, 1].map((partition) => ({ topic: 'streamed', partition, offset: 0 }))
      await commitOffsets(cluster, APP, offsets)
      const plan = 'streams-groups --reset-offsets --group app --all-input-topics --to-latest'
      const dry = await ktool(`${plan} --dry-run`)
      expect(dry.code, dry.stderr).toBe(0)
      expect(sorted(dry.stdout)).toEqual(sorted(await apache(`${plan} --dry-run`)))
      expect(await ktool(`${plan} --execute -o name`)).toMatchObject({ code: 0, stdout: 'app\n' })
    }, 30_000)

    test('it is described without members, too', async () => {
      const described = JSON.parse((await ktool('streams-groups --describe --group app -o json')).stdout)
      expect(described).toMatchObject([
        {
          group: 'app',
          state: 'Empty',
          partitions: [
            { topic: 'streamed', partition: 0, currentOffset: 0, isActive: false },
            { topic: 'streamed', partition: 1, currentOffset: 3, lag: 0 },
          ],
        },
      ])
      const state = 'streams-groups --describe --group app --state'
      expect((await ktool(state)).stdout).toBe(await apache(state))
    })

    test('it forgets offsets, but not those of topics it never read', async () => {
      const forgotten = await ktool('streams-groups --delete-offsets --group app --input-topic streamed:0')
      expect(forgotten).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('streamed        0          Successful'),
      })
      const stranger = await ktool(
        'streams-groups --reset-offsets --group app --input-topic shared --to-latest --dry-run',
      )
      expect(stranger.stderr).toContain("Error: One or more topics are not part of the group 'app'.")
    })

    test('it goes with its internal topics', async () => {
      const gone = await ktool('streams-groups --delete --group app --delete-all-internal-topics')
      expect(gone).toMatchObject({
        code: 0,
        stdout:
          "Deletion of requested streams groups ('app') was successful.\nDeletion of associated internal topics of the streams groups ('app') was successful.\n",
      })
      expect((await ktool('topics --list')).stdout).not.toContain(APP)
    })
  })

  describe('streams-application-reset', () => {
    const line = 'streams-application-reset --application-id shop --input-topics streamed,none'

    beforeAll(async () => {
      for (const topic of ['shop-store-changelog', 'shop-orders'])
        await ktool(`topics --create --topic ${topic}`)
    })

    test('says what Apache’s tool says, and does nothing with --dry-run', async () => {
      const { code, stdout } = await ktool(`${line} --dry-run`)
      expect(code).toBe(1)
      expect(sorted(stdout)).toEqual(sorted(await apache(`${line} --dry-run`)))
      expect((await ktool('topics --list')).stdout).toContain('shop-store-changelog')
    })

    test('sets offsets and deletes the internal topics, and those alone', async () => {
      const done = await ktool(
        'streams-application-reset --application-id shop --input-topics streamed --to-latest -o jsonl',
      )
      expect(done.code, done.stderr).toBe(0)
      expect(
        done.stdout
          .trim()
          .split('\n')
          .map((item) => JSON.parse(item)),
      ).toMatchObject([
        { topic: 'streamed', role: 'input', partition: 0, newOffset: 0 },
        { topic: 'streamed', role: 'input', partition: 1, newOffset: 3 },
        { topic: 'shop-store-changelog', role: 'internal', partition: null },
      ])
      const left = (await ktool('topics --list')).stdout
      expect(left).toContain('shop-orders')
      expect(left).not.toContain('shop-store-changelog')
      const { stdout } = await ktool('consumer-groups --describe --group shop -o csv')
      expect(stdout).toMatch(/^shop,streamed,1,,3,3,0,/m)
    })
  })
})
