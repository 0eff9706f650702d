// What tools say before anything is sent, in the sentences of Kafka's tools (recorded from Apache Kafka 4.3.1).
import { describe, expect, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { testIo } from '../support/test-io.ts'

async function ktool(args: readonly string[]) {
  const io = testIo({ env: { HOME: '/nonexistent' }, input: 'x\n' })
  const exit = await main('ktool', args, io)
  // What keeps a client waiting is reported after a second, which may pass on a slow machine.
  const [first, ...rest] = io.stderr.split('\n').filter((line) => !line.startsWith('connection to '))
  return { exit, first, rest: rest.join('\n'), stdout: io.stdout }
}

const words = (line: string): string[] => line.split(' ').map((word) => (word === "''" ? '' : word))

const ADMIN = 'Failed to create new KafkaAdminClient'
const CONSUMER = 'Failed to construct kafka consumer'
const PRODUCER = 'Failed to construct kafka producer'
const HOST_PORT = 'Please provide valid host:port like host1:9091,host2:9092'

/** Each tool, what it says of an address without a port, and of one whose port is none where that differs. */
const TOOLS: [line: string, withoutPort: string, badPort?: string][] = [
  ['topics --list', ADMIN],
  [
    'configs --describe --entity-type topics --entity-name a',
    "Error while executing config command with args '--describe --entity-type topics --entity-name a --bootstrap-server ADDRESS'",
  ],
  ['consumer-groups --list', `Error: Executing consumer group command failed due to ${ADMIN}`],
  ['share-groups --list', `Error: Executing share group command failed due to ${ADMIN}`],
  ['streams-groups --list', `Error: Executing streams group command failed due to ${ADMIN}`],
  ['groups --list', `Error while executing groups command : ${ADMIN}`],
  ['get-offsets --topic x', HOST_PORT, `Error occurred: ${ADMIN}`],
  ['log-dirs --describe', ADMIN],
  ['acls --list', `Error while executing ACL command: ${ADMIN}`],
  ['cluster cluster-id', ADMIN],
  ['features describe', ADMIN],
  ['metadata-quorum describe --status', ADMIN],
  ['leader-election --election-type preferred --all-topic-partitions', ADMIN],
  ['reassign-partitions --list', `Error: ${ADMIN}`],
  ['transactions list', ADMIN],
  ['client-metrics --list', `Error while executing client metrics command : ${ADMIN}`],
  ['streams-application-reset --application-id a', `ERROR: ${ADMIN}`],
  [
    'broker-api-versions',
    'Invalid url in bootstrap.servers: nohost',
    'Invalid port in bootstrap.servers: host:99999',
  ],
  ['console-consumer --topic x', CONSUMER],
  ['console-share-consumer --topic x', 'Failed to construct Kafka share consumer'],
  ['console-producer --topic x', HOST_PORT, PRODUCER],
  ['producer-perf-test --topic x --num-records 1 --record-size 1 --throughput 1', PRODUCER],
  ['verifiable-producer --topic x --max-messages 1', PRODUCER],
  ['consumer-perf-test --topic x --num-records 1', CONSUMER],
  ['verifiable-consumer --topic x --group-id g --max-messages 1', CONSUMER],
  ['e2e-latency --topic x --num-records 1 --producer-acks all --record-size 1', CONSUMER],
]

describe('an address that is none', () => {
  test.each<[line: string, withoutPort: string, badPort?: string]>([...TOOLS])(
    '%s',
    async (line, withoutPort, badPort = withoutPort) => {
      const at = (address: string) => ktool([...words(line), '--bootstrap-server', address])
      const missing = await at('nohost')
      expect([missing.exit, missing.first]).toEqual([2, withoutPort.replace('ADDRESS', 'nohost')])
      const wrong = await at('host:99999')
      expect([wrong.exit, wrong.first]).toEqual([2, badPort.replace('ADDRESS', 'host:99999')])
      expect(missing.rest).toMatch(
        /^hint: (Invalid url in bootstrap.servers: nohost; the port is missing, as in nohost:9092|ktool \S+ --help lists the options)$/m,
      )
      expect(wrong.rest).toContain('Invalid port in bootstrap.servers: host:99999')
    },
  )

  test("a tool of ktool's own says what is wrong with it in the first place", async () => {
    const { exit, first, rest } = await ktool(['lag', '-b', 'nohost'])
    expect([exit, first, rest]).toEqual([
      2,
      'ktool lag: Invalid url in bootstrap.servers: nohost',
      'hint: the port is missing, as in nohost:9092\n',
    ])
  })
})

test.each([
  ['topics --list', ADMIN],
  ['console-consumer --topic x', CONSUMER],
  ['console-producer --topic x', PRODUCER],
])('%s with a host that is unknown', async (line, sentence) => {
  const { exit, first, rest } = await ktool([...words(line), '--bootstrap-server', 'unknown.invalid:9092'])
  expect([exit, first]).toEqual([1, expect.stringMatching(`^(Processed a total of 0 messages|${sentence})$`)])
  expect([first, rest].join('\n')).toContain(`${sentence}\nhint: unknown.invalid:9092: the host name`)
})

test.each([
  [
    'topics --list --topic a --topic b',
    'Error while executing topic command : Found multiple arguments for option topic, but you asked for only one',
  ],
  [
    'topics --create --topic x --partitions abc',
    "Error while executing topic command : Cannot parse argument 'abc' of option partitions",
  ],
  [
    "topics --create --topic '' --partitions 1",
    "Error while executing topic command : The given topic name '' cannot be represented in a request.",
  ],
  [
    'console-consumer --topic a --topic b',
    'Found multiple arguments for option topic, but you asked for only one',
  ],
  ["console-consumer --topic ''", 'Topic collection to subscribe to cannot contain null or empty topic'],
  [
    'consumer-groups --describe --group g --timeout abc',
    "Error: Executing consumer group command failed due to Cannot parse argument 'abc' of option timeout",
  ],
  [
    'consumer-groups --list --timeout 1 --timeout 2',
    'Error: Executing consumer group command failed due to Found multiple arguments for option timeout, but you asked for only one',
  ],
  ['consumer-groups --list --state foo', expect.stringMatching(/^Invalid state list 'foo'/)],
  [
    'share-groups --describe --group g --timeout abc',
    "Error: Executing share group command failed due to Cannot parse argument 'abc' of option timeout",
  ],
  ['streams-groups --describe --group g --timeout abc', "Cannot parse argument 'abc' of option timeout"],
  [
    'client-metrics --describe --name a --name b',
    'Error while executing client metrics command : Found multiple arguments for option name, but you asked for only one',
  ],
  [
    'groups --list --protocol a --protocol b',
    'Error while executing groups command : Found multiple arguments for option protocol, but you asked for only one',
  ],
  ['groups --list --group-type foo', '--group-type must be a valid group type.'],
  [
    'streams-application-reset --application-id a --application-id b',
    'ERROR: Found multiple arguments for option application-id, but you asked for only one',
  ],
  [
    'console-producer --topic x --topic y',
    'Found multiple arguments for option topic, but you asked for only one',
  ],
])('%s', async (line, sentence) => {
  const { exit, first } = await ktool(words(`${line} --bootstrap-server 127.0.0.1:1`))
  expect([exit, first]).toEqual([expect.toSatisfy((code: number) => code === 1 || code === 2), sentence])
})

test('a deprecated size of batches is announced in the words of Kafka', async () => {
  const { first } = await ktool(
    words('console-producer --topic x --max-partition-memory-bytes 16384 --bootstrap-server 127.0.0.1:1'),
  )
  expect(first).toBe(
    'Warning: --max-partition-memory-bytes is deprecated and will be removed in Apache Kafka 5.0. Use --batch-size instead.',
  )
})

describe('a secret that is written with another sign than = is not repeated', () => {
  test.each([
    'console-producer --topic x --producer-property sasl.password:geheim',
    'console-producer --topic x --command-property sasl.password:geheim==',
    'console-consumer --topic x --consumer-property ssl.key.password:geheim',
    'producer-perf-test --topic x --num-records 1 --record-size 1 --throughput 1 --producer-props ssl.key.password:geheim',
    'configs --alter --entity-type brokers --entity-name 1 --add-config ssl.key.password:geheim=1',
    'serve --config ssl.key.password:geheim',
    'storage format --config server.properties --cluster-id x --add-scram SCRAM-SHA-256:[name=alice,password=geheim]',
    'copy x --to-topic y --from-property sasl.jaas.config:geheim',
    'context set a --property sasl.password:geheim',
  ])('%s', async (line) => {
    const io = testIo({ env: { KTOOL_BOOTSTRAP_SERVERS: '127.0.0.1:1', HOME: '/nonexistent' } })
    await main('ktool', words(line), io)
    expect(io.stderr).not.toContain('geheim')
    expect(io.stdout).not.toContain('geheim')
    expect(io.stderr).not.toBe('')
  })
})
