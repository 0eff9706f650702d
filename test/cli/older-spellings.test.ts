// What cheat sheets for older Kafkas have people type: the sentence is that of Kafka 4.3.1, and the hint tells the way.
import { expect, test } from 'vitest'
import { settingHint } from '../../src/cli/kafka/setting-hint.ts'
import { errorCode } from '../../src/protocol/errors.ts'
import { fakeCluster, topic } from '../support/fake-cluster.ts'
import { runTool } from '../support/run-tool.ts'

test.each([
  [
    'topics --zookeeper localhost:2181 --list',
    'zookeeper is not a recognized option',
    'Kafka has no ZooKeeper since 4.0; --bootstrap-server HOST:PORT names a broker, mostly on port 9092',
  ],
  [
    'console-producer --broker-list localhost:9092 --topic a',
    'broker-list is not a recognized option',
    'it is --bootstrap-server since Kafka 4.0, with the same value',
  ],
  [
    'get-offsets --broker-list=localhost:9092 --topic a',
    'Error occurred: broker-list is not a recognized option',
    'it is --bootstrap-server since Kafka 4.0, with the same value',
  ],
  [
    'console-consumer --whitelist a.*',
    'whitelist is not a recognized option',
    'it is --include since Kafka 4.0, with the same value',
  ],
  [
    'consumer-groups --new-consumer --list',
    'new-consumer is not a recognized option',
    'leave it out: there is no other consumer since Kafka 2.0',
  ],
  [
    'acls --authorizer-properties zookeeper.connect=localhost:2181 --list',
    'authorizer-properties is not a recognized option',
    'Kafka has no ZooKeeper since 4.0, and brokers keep the ACLs: --bootstrap-server HOST:PORT',
  ],
  [
    'serve -daemon server.properties',
    'daemon is not a recognized option',
    'a shell runs it in the background: nohup COMMAND &',
  ],
  [
    'topics --alter --topic a --delete-config retention.ms',
    'Missing required argument "[partitions]"',
    'ktool configs --alter --topic NAME --delete-config NAME',
  ],
  [
    'console-consumer --topic a --formatter kafka.tools.DefaultMessageFormatter',
    /^'kafka.tools.DefaultMessageFormatter' is not a formatter;/,
    'it is org.apache.kafka.tools.consumer.DefaultMessageFormatter since Kafka 4.0, or just DefaultMessageFormatter',
  ],
  [
    'kafka.tools.GetOffsetShell --topic a',
    "there is no tool 'kafka.tools.GetOffsetShell'",
    'did you mean get-offsets?',
  ],
  [
    'configs describe orders',
    /^Invalid entity type orders,/,
    'as in --entity-type topics --entity-name orders',
  ],
])('%s', async (line, sentence, hint) => {
  const { exit, stdout, stderr } = await runTool(line)
  const [said, remedy] = stderr.trimEnd().split('\nhint: ')
  expect([exit, stdout, remedy]).toEqual([2, '', hint])
  expect(said).toMatch(sentence)
})

test('a tool that has an option of the same name knows nothing of an older one', async () => {
  const { stderr } = await runTool('log-dirs --describe --broker-list x')
  expect(stderr).not.toContain('since Kafka 4.0')
})

test('a link named kafka-server-start.sh serves', async () => {
  const { main } = await import('../../src/cli/main.ts')
  const { testIo } = await import('../support/test-io.ts')
  const io = testIo({})
  const args = ['server.properties', '--override', 'nonsense']
  expect(await main('/opt/bin/kafka-server-start.sh', args, io, fakeCluster().connect)).toBe(2)
  expect(io.stderr).toContain("--override: 'nonsense'")
})

test('a refused setting is answered with the one that was meant', async () => {
  const refusal = 'Invalid value 7d for configuration retention.ms: Not a number of type LONG'
  const cluster = fakeCluster({
    topics: [topic('a')],
    answers: {
      IncrementalAlterConfigs: () => ({
        responses: [{ errorCode: errorCode('INVALID_CONFIG'), errorMessage: refusal }],
      }),
    },
  })
  const { exit, stderr } = await runTool('configs --alter --topic a --add-config retention.ms=7d', cluster)
  expect(exit).toBe(1)
  expect(stderr.split('\n').slice(1)).toEqual([refusal, 'hint: did you mean retention.ms=604800000?', ''])
})

const notANumber = (value: string, setting: string) =>
  `Invalid value ${value} for configuration ${setting}: Not a number of type LONG`

test.each([
  [notANumber('7d', 'retention.ms'), 'retention.ms=604800000'],
  [notANumber('90 min', 'segment.ms'), 'segment.ms=5400000'],
  [notANumber('1GiB', 'retention.bytes'), 'retention.bytes=1073741824'],
  [notANumber('10MB', 'max.message.bytes'), 'max.message.bytes=10485760'],
  ['Unknown topic config name: retention', 'retention.ms'],
  ['Unknown topic config name: log.retention.hours', 'retention.ms'],
  ['Unknown topic config name: cleanup.polcy', 'cleanup.policy'],
])('%s', (refusal, meant) => {
  expect(settingHint(refusal)).toBe(`did you mean ${meant}?`)
})

test.each([
  notANumber('soon', 'retention.ms'),
  notANumber('7d', 'flush.messages'),
  'Unknown topic config name: xyz',
  'Invalid value -5 for configuration retention.ms: Value must be at least -1',
])('%s: nothing is known that helps', (refusal) => {
  expect(settingHint(refusal)).toBeUndefined()
})
