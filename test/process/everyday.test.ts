// Tasks of every day, typed as whoever knows Kafka's tools types them: lines of a shell, through links with the names of
// Kafka's scripts. `localhost:9092` stands for the brokers of the test. Each task has topics and groups of its own.
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runProgram } from '../support/run-program.ts'
import { KTOOL, type KtoolProcess, runKtool, startKtool } from '../support/start-ktool.ts'

const SETTINGS = {
  'offsets.topic.num.partitions': '1',
  'group.initial.rebalance.delay.ms': '0',
}

let folder: string
let brokers: KtoolProcess

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'ktool-everyday-')))
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const config = Object.entries(SETTINGS).flatMap(([name, value]) => ['--config', `${name}=${value}`])
  brokers = await startKtool({ dataDir: join(folder, 'data'), args: ['--brokers', '3', ...config] })
  await runKtool(['link', bin])
  await runProgram('ln', ['-s', KTOOL, join(bin, 'ktool')])
})
afterAll(async () => {
  await brokers.stop()
  rmSync(folder, { recursive: true })
})

interface Typed {
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What the lines say, with ids and the address as they are written here. */
async function type(lines: string): Promise<Typed> {
  const address = brokers.bootstrapServers.split(',')[0]!
  const { code, stdout, stderr } = await runProgram(
    'sh',
    ['-c', lines.replaceAll('localhost:9092', address)],
    {
      cwd: folder,
      env: { PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}`, HOME: folder },
      timeoutMs: 20_000,
    },
  )
  const shown = (text: string) =>
    text.replaceAll(address, 'localhost:9092').replace(/[\w-]{22}(?=\W|$)/g, 'ID')
  return { exit: code, stdout: shown(stdout.toString()), stderr: shown(stderr) }
}

/** Lines that succeed and say nothing but their data. */
async function output(lines: string): Promise<string> {
  const { exit, stdout, stderr } = await type(lines)
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
  return stdout
}

/** Old records, so that times mean something: one on the first of each of three months. */
const writeByMonth = (topic: string): Promise<string> => {
  const record = (month: number) =>
    JSON.stringify({ value: String(month), timestamp: Date.UTC(2024, month, 1) })
  return output(`kafka-topics.sh --bootstrap-server localhost:9092 --create --topic ${topic} --partitions 1 > made
ktool produce ${topic} -b localhost:9092 -i jsonl << 'END'
${[0, 1, 2].map(record).join('\n')}
END`)
}

const write = (topic: string, records: string, options = ''): Promise<string> =>
  output(
    `printf '${records}' | kafka-console-producer.sh --bootstrap-server localhost:9092 --topic ${topic} ${options}`,
  )

const create = (topic: string, options = '--partitions 1'): Promise<string> =>
  output(`kafka-topics.sh --bootstrap-server localhost:9092 --create --topic ${topic} ${options}`)

const KEYED = '--reader-property parse.key=true --reader-property key.separator=:'

test('create a topic with partitions and replication, and look at it', async () => {
  const described =
    await output(`kafka-topics.sh --bootstrap-server localhost:9092 --create --topic orders --partitions 2 --replication-factor 3
kafka-topics.sh --bootstrap-server localhost:9092 --describe --topic orders`)
  const [created, topic, ...partitions] = described.split('\n').slice(0, -1)
  expect([created, topic]).toEqual([
    'Created topic orders.',
    'Topic: orders\tTopicId: ID\tPartitionCount: 2\tReplicationFactor: 3\tConfigs: min.insync.replicas=1',
  ])
  // Which broker comes first is left to chance, as in Kafka.
  expect(
    partitions.map((line) => line.replace(/\d,\d,\d/g, 'ALL').replace(/Leader: \d/, 'Leader: ONE')),
  ).toEqual(
    [0, 1].map(
      (at) =>
        `\tTopic: orders\tPartition: ${at}\tLeader: ONE\tReplicas: ALL\tIsr: ALL\tElr: \tLastKnownElr: `,
    ),
  )
})

test('create a topic that may be there already', async () => {
  const line = 'kafka-topics.sh --bootstrap-server localhost:9092 --create --topic again'
  expect(await output(line)).toBe('Created topic again.\n')
  expect(await type(line)).toEqual({
    exit: 1,
    stdout: '',
    stderr:
      "Error while executing topic command : Topic 'again' already exists.\nhint: with --if-not-exists that is no failure\n",
  })
  expect(await output(`${line} --if-not-exists`)).toBe('')
})

test('ask for more replicas than there are brokers', async () => {
  const { exit, stdout, stderr } = await type(
    'kafka-topics.sh --bootstrap-server localhost:9092 --create --topic big --replication-factor 5',
  )
  expect([exit, stdout]).toEqual([1, ''])
  expect(stderr).toContain('The target replication factor of 5 cannot be reached because only 3 broker(s)')
  expect(stderr).toContain('hint: ktool serve --brokers 5 shows one process as 5 brokers')
})

test('list topics', async () => {
  await output(`kafka-topics.sh --bootstrap-server localhost:9092 --create --topic list-a --partitions 1
ktool topics create list-b -b localhost:9092`)
  const listed = await output('kafka-topics --list --bootstrap-server localhost:9092 --exclude-internal')
  expect(listed.split('\n').filter((name) => name.startsWith('list-'))).toEqual(['list-a', 'list-b'])
})

test('write records with keys, and read them from the beginning with keys and times', async () => {
  const written =
    await type(`kafka-topics.sh --bootstrap-server localhost:9092 --create --topic keyed --partitions 1
printf 'anna:1\\nbert:2\\nanna:3\\n' | kafka-console-producer.sh --bootstrap-server localhost:9092 --topic keyed --property parse.key=true --property key.separator=:
kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic keyed --from-beginning --max-messages 3 --property print.key=true --property print.timestamp=true --property key.separator=:`)
  expect(written.exit).toBe(0)
  expect(written.stdout.replace(/\d{13}/g, 'TIME')).toBe(
    'Created topic keyed.\nCreateTime:TIME:anna:1\nCreateTime:TIME:bert:2\nCreateTime:TIME:anna:3\n',
  )
  expect(written.stderr).toContain('Use --reader-property instead')
})

test('a line without the separator', async () => {
  const { exit, stderr } = await type(
    `echo anna | kafka-console-producer.sh --bootstrap-server localhost:9092 --topic unseparated ${KEYED}`,
  )
  expect([exit, stderr]).toEqual([1, "No key separator found on line number 1: 'anna'\n"])
})

test('write headers, and print everything there is of a record', async () => {
  await create('headed')
  await write('headed', 'trace:1,lang:de\\tk:v\\n', `${KEYED} --reader-property parse.headers=true`)
  const print = ['partition', 'offset', 'headers', 'key'].map(
    (part) => `--formatter-property print.${part}=true`,
  )
  expect(
    await type(
      `kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic headed --from-beginning --max-messages 1 ${print.join(' ')}`,
    ),
  ).toMatchObject({ exit: 0, stdout: 'Partition:0\tOffset:0\ttrace:1,lang:de\tk\tv\n' })
})

test('read one partition from an offset', async () => {
  await create('offset')
  await write('offset', 'a\\nb\\nc\\n')
  expect(
    await type(
      'kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic offset --partition 0 --offset 1 --max-messages 1',
    ),
  ).toEqual({ exit: 0, stdout: 'b\n', stderr: 'Processed a total of 1 messages\n' })
})

test('read the last records, and all there is, without waiting', async () => {
  await create('tail')
  await write('tail', 'a\\nb\\nc\\n')
  expect((await type('ktool consume tail -b localhost:9092 --from -2 --until end')).stdout).toBe('b\nc\n')
  expect(
    await type('ktool consume tail -b localhost:9092 --from earliest --until end | head -1'),
  ).toMatchObject({
    exit: 0,
    stdout: 'a\n',
  })
})

test('read several topics by a pattern', async () => {
  for (const name of ['several-a', 'several-b', 'other']) {
    await create(name)
    await write(name, `${name}\\n`)
  }
  const { stdout } = await type(
    "kafka-console-consumer.sh --bootstrap-server localhost:9092 --include 'several-(a|b)' --from-beginning --max-messages 2",
  )
  expect(stdout.split('\n').sort()).toEqual(['', 'several-a', 'several-b'])
})

test('read as a group, and see how far it is', async () => {
  await create('billed')
  await write('billed', 'a\\nb\\nc\\n')
  const read = await type(
    'kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic billed --group billing --from-beginning --max-messages 2',
  )
  expect(read).toMatchObject({ exit: 0, stdout: 'a\nb\n' })
  const { exit, stdout, stderr } = await type(
    'kafka-consumer-groups.sh --bootstrap-server localhost:9092 --describe --group billing',
  )
  expect([exit, stderr]).toEqual([0, "\nConsumer group 'billing' has no active members.\n"])
  expect(stdout.trim().split('\n')[1]!.split(/\s+/)).toEqual([
    'billing',
    'billed',
    '0',
    '2',
    '3',
    '1',
    '-',
    '-',
    '-',
  ])
  expect(await output('kafka-consumer-groups.sh --bootstrap-server localhost:9092 --list')).toMatch(
    /^billing$/m,
  )
  expect(await output('kafka-consumer-groups.sh --bootstrap-server localhost:9092 --list --state')).toMatch(
    /^billing +Empty/m,
  )
})

test('find the group that is behind', async () => {
  await create('behind')
  await write('behind', 'a\\nb\\nc\\n')
  await type('ktool consume behind -b localhost:9092 -g slow --from-beginning --max-messages 1')
  await type('ktool consume behind -b localhost:9092 -g quick --from-beginning --max-messages 3')
  expect(await output("ktool lag -b localhost:9092 --topic behind | awk '$3 > 0 {print $1, $3}'")).toBe(
    'GROUP TOTAL-LAG\nslow 2\n',
  )
  expect(await type('ktool lag -b localhost:9092 --topic behind --max-lag 1')).toMatchObject({ exit: 3 })
})

const offsets = (group: string, rows: string) =>
  `\nGROUP           TOPIC           PARTITION  NEW-OFFSET\n${group.padEnd(15)} ${rows.padEnd(15)} 0          `

test('reset offsets to a time', async () => {
  await writeByMonth('reset')
  await type('ktool consume reset -b localhost:9092 -g reset --from-beginning --max-messages 3')
  const reset = 'kafka-consumer-groups.sh --bootstrap-server localhost:9092 --group reset --reset-offsets'
  const table = offsets('reset', 'reset')
  expect(await output(`${reset} --topic reset --to-datetime 2024-02-01T00:00:00.000 --execute`)).toBe(
    `${table}1\n`,
  )
  expect(await output(`${reset} --all-topics --to-earliest --execute`)).toBe(`${table}0\n`)
  expect(await output(`${reset} --all-topics --to-latest --dry-run`)).toBe(`${table}3\n`)
  expect(await output(`${reset} --topic reset:0 --shift-by 2 --execute`)).toBe(`${table}2\n`)
  expect(await output(`${reset} --topic reset --to-offset 1 --execute`)).toBe(`${table}1\n`)
  expect(await output(`${reset} --topic reset --by-duration P7D --execute`)).toContain(`${table}3\n`)
  const wrong = await type(`${reset} --topic reset --to-datetime '2024-02-01 12:00' --execute`)
  expect(wrong).toMatchObject({ exit: 1, stdout: '' })
  expect(wrong.stderr).toContain('hint: a time is written as 2024-02-01T12:00:00.000,')
})

test('reset offsets without saying that it shall be done', async () => {
  await writeByMonth('careful')
  await type('ktool consume careful -b localhost:9092 -g careful --from-beginning --max-messages 3')
  const { exit, stdout, stderr } = await type(
    'kafka-consumer-groups.sh --bootstrap-server localhost:9092 --group careful --topic careful --reset-offsets --to-earliest',
  )
  expect([exit, stdout]).toEqual([0, `${offsets('careful', 'careful')}0\n`])
  expect(stderr).toContain('WARN: No action will be performed as the --execute option is missing.')
  expect((await type('ktool consumer-groups describe careful -b localhost:9092')).stdout).toMatch(
    /0 +3 +3 +0/,
  )
})

test('forget the offsets of a topic, and delete a group', async () => {
  await writeByMonth('gone')
  await type('ktool consume gone -b localhost:9092 -g gone --from-beginning --max-messages 3')
  const groups = 'kafka-consumer-groups.sh --bootstrap-server localhost:9092'
  expect(await output(`${groups} --delete-offsets --group gone --topic gone`)).toBe(
    'Request succeeded for deleting offsets from group gone.\n\n' +
      'TOPIC           PARTITION  STATUS         \ngone            0          Successful     \n',
  )
  await type('ktool consume gone -b localhost:9092 -g gone --from-beginning --max-messages 3')
  expect(await output(`${groups} --delete --group gone`)).toBe(
    "Deletion of requested consumer groups ('gone') was successful.\n",
  )
  expect(await type(`${groups} --describe --group gone`)).toEqual({
    exit: 1,
    stdout: '',
    stderr:
      'Error: Executing consumer group command failed due to Group gone not found.\nhint: consumer-groups --list tells which there are\n',
  })
})

test('change how long records are kept', async () => {
  await create('kept')
  const configs = 'kafka-configs.sh --bootstrap-server localhost:9092 --entity-type topics --entity-name kept'
  expect(await output(`${configs} --alter --add-config retention.ms=604800000`)).toBe(
    'Completed updating config for topic kept.\n',
  )
  expect(await output(`${configs} --describe`)).toBe(
    'Dynamic configs for topic kept are:\n  retention.ms=604800000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:retention.ms=604800000}\n',
  )
  await output(`${configs} --alter --delete-config retention.ms`)
  expect(await output(`${configs} --describe`)).toBe('Dynamic configs for topic kept are:\n')
  const { exit, stderr } = await type(`${configs} --alter --add-config retention.ms=7d`)
  expect([exit, stderr.split('\n').slice(1)]).toEqual([
    1,
    [
      'Invalid value 7d for configuration retention.ms: Not a number of type LONG',
      'hint: did you mean retention.ms=604800000?',
      '',
    ],
  ])
})

test('have a topic compacted, with a tombstone in it', async () => {
  await create('compacted', '--partitions 1 --config cleanup.policy=compact')
  await output(
    "kafka-configs.sh --bootstrap-server localhost:9092 --alter --topic compacted --add-config 'cleanup.policy=[compact,delete],retention.ms=-1'",
  )
  expect(
    await output('kafka-topics.sh --bootstrap-server localhost:9092 --describe --topic compacted'),
  ).toContain('cleanup.policy=compact,delete')
  await write('compacted', 'k:NULL\\n', `${KEYED} --reader-property null.marker=NULL`)
  const read = 'ktool consume compacted -b localhost:9092 --from earliest --until end -o jsonl'
  expect(JSON.parse((await type(read)).stdout)).toMatchObject({ key: 'k', value: null })
  const { exit, stderr } = await type(
    'echo unkeyed | kafka-console-producer.sh --bootstrap-server localhost:9092 --topic compacted',
  )
  expect(exit).toBe(1)
  expect(stderr).toContain('Compacted topic cannot accept message without key')
})

test('give a topic more partitions', async () => {
  await create('grown')
  const alter = 'kafka-topics.sh --bootstrap-server localhost:9092 --alter --topic grown'
  expect(await output(`${alter} --partitions 4`)).toBe('')
  expect(await output('ktool topics list -b localhost:9092 --topic grown -o json')).toContain('grown')
  expect(await type(`${alter} --partitions 2`)).toEqual({
    exit: 1,
    stdout: '',
    stderr:
      'Error while executing topic command : The topic grown currently has 4 partition(s); 2 would not be an increase.\n',
  })
  expect(await type(`${alter} --config retention.ms=1`)).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('hint: ktool configs --alter --topic NAME --add-config NAME=VALUE\n'),
  })
})

test('count the records of a topic, and delete old ones', async () => {
  await create('old')
  await write('old', 'a\\nb\\nc\\n')
  const ends = 'kafka-get-offsets.sh --bootstrap-server localhost:9092 --topic old'
  expect(await output(`${ends} | awk -F: '{sum += $3} END {print sum}'`)).toBe('3\n')
  expect(
    await output(`echo '{"partitions":[{"topic":"old","partition":0,"offset":2}],"version":1}' > old.json
kafka-delete-records.sh --bootstrap-server localhost:9092 --offset-json-file old.json`),
  ).toBe(
    'Executing records delete operation\nRecords delete operation completed:\npartition: old-0\tlow_watermark: 2\n',
  )
  expect(await output(`${ends} --time -2`)).toBe('old:0:2\n')
  expect(await output(`${ends} --time earliest`)).toBe('old:0:2\n')
})

test('find the offset of a moment', async () => {
  await writeByMonth('moment')
  const march = Date.UTC(2024, 2, 1)
  expect(
    await output(`kafka-get-offsets.sh --bootstrap-server localhost:9092 --topic moment --time ${march}`),
  ).toBe('moment:0:2\n')
})

test('dump a segment', async () => {
  await create('dumped')
  await write('dumped', 'k:v\\n', `${KEYED} --compression-codec gzip`)
  const dumped = await output(
    'kafka-dump-log.sh --deep-iteration --print-data-log --files data/dumped-0/00000000000000000000.log',
  )
  const [first, second, batch, record] = dumped.replace(/(CreateTime: )\d+/g, '$1TIME').split('\n')
  expect([first, second]).toEqual([
    'Dumping data/dumped-0/00000000000000000000.log',
    'Log starting offset: 0',
  ])
  expect(batch).toMatch(
    /^baseOffset: 0 lastOffset: 0 count: 1 .* compresscodec: gzip crc: \d+ isvalid: true$/,
  )
  expect(record).toMatch(/^\| offset: 0 CreateTime: TIME keySize: 1 valueSize: 1 .* key: k payload: v$/)
  expect((await type('kafka-dump-log.sh --files data/dumped-0')).stderr).toContain(
    'hint: it is a folder; its files are named, as data/dumped-0/*.log\n',
  )
})

test('format the storage of a server', async () => {
  await output(`printf 'process.roles=broker,controller\\nnode.id=1\\nlisteners=PLAINTEXT://:9092,CONTROLLER://:9093\\n' > kraft.properties
printf 'controller.listener.names=CONTROLLER\\ncontroller.quorum.bootstrap.servers=localhost:9093\\nlog.dirs=kraft\\n' >> kraft.properties`)
  expect(
    await output(
      'kafka-storage.sh format --standalone -t "$(kafka-storage.sh random-uuid)" -c kraft.properties',
    ),
  ).toContain('with metadata.version 4.3-IV0.\n')
  expect(await output('kafka-storage.sh info -c kraft.properties')).toContain(
    'Found log directory:\n  kraft\n',
  )
})

test('start a server from its properties', async () => {
  await output(
    "printf 'node.id=7\\nlog.dirs=started\\nlisteners=PLAINTEXT://127.0.0.1:0\\n' > started.properties",
  )
  const stdout =
    await output(`kafka-server-start.sh started.properties --override num.partitions=2 > started.out 2> started.err &
until grep -qs ready started.out; do sleep 0.05; done
kill $!
cat started.out`)
  expect(JSON.parse(stdout)).toMatchObject({ event: 'ready', dataDir: join(folder, 'started') })
})

test('ask the cluster what it is', async () => {
  expect(await output('kafka-cluster.sh cluster-id --bootstrap-server localhost:9092')).toBe(
    'Cluster ID: ID\n',
  )
  expect(
    await output('kafka-broker-api-versions.sh --bootstrap-server localhost:9092 | grep -c "id: "'),
  ).toBe('3\n')
  expect(await output('kafka-features.sh --bootstrap-server localhost:9092 describe')).toMatch(
    /^Feature: metadata\.version .*FinalizedVersionLevel: 4\.3-IV0/m,
  )
})

test('see what the logs take up', async () => {
  await create('sized', '--partitions 1 --replication-factor 3')
  await write('sized', 'a\\n')
  const told = await output(
    'kafka-log-dirs.sh --bootstrap-server localhost:9092 --describe --topic-list sized --broker-list 1 | grep "^{"',
  )
  const [{ logDirs }] = JSON.parse(told).brokers
  expect(logDirs[0].partitions).toEqual([
    { partition: 'sized-0', size: expect.any(Number), offsetLag: 0, isFuture: false },
  ])
})

test('see which partitions have a trouble', async () => {
  for (const report of [
    '--under-replicated-partitions',
    '--unavailable-partitions',
    '--at-min-isr-partitions',
  ]) {
    const { exit, stderr } = await type(
      `kafka-topics.sh --bootstrap-server localhost:9092 --describe ${report}`,
    )
    expect([report, exit, stderr]).toEqual([report, 0, ''])
  }
})

test('change a setting of all brokers', async () => {
  const configs = 'kafka-configs.sh --bootstrap-server localhost:9092 --entity-type brokers --entity-default'
  expect(await output(`${configs} --alter --add-config log.cleaner.threads=2`)).toBe(
    'Completed updating default config for brokers in the cluster.\n',
  )
  expect(await output(`${configs} --describe`)).toContain('  log.cleaner.threads=2 ')
})

test('measure how fast records are written and read', async () => {
  await create('fast')
  expect(
    await output(
      'kafka-producer-perf-test.sh --topic fast --num-records 500 --record-size 100 --throughput -1 --bootstrap-server localhost:9092',
    ),
  ).toMatch(/^500 records sent, /m)
  expect(
    await output(
      'kafka-consumer-perf-test.sh --bootstrap-server localhost:9092 --topic fast --num-records 500 | cut -d, -f5 | tail -1',
    ),
  ).toBe(' 500\n')
})

test('copy a topic to another one', async () => {
  await create('from')
  await create('to')
  await write('from', 'k:v\\n', KEYED)
  await type(
    'ktool consume from -b localhost:9092 --from earliest --until end -o jsonl | ktool produce to -b localhost:9092 -i jsonl',
  )
  expect(
    (
      await type(
        'ktool consume to -b localhost:9092 --from earliest --until end --formatter-property print.key=true',
      )
    ).stdout,
  ).toBe('k\tv\n')
})

test('delete a topic, and one that is not there', async () => {
  await create('deleted')
  const remove = 'kafka-topics.sh --bootstrap-server localhost:9092 --delete --topic deleted'
  expect(await output(remove)).toBe('')
  expect(await type(remove)).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining(
      "Error while executing topic command : Topic 'deleted' does not exist as expected\n",
    ),
  })
  expect(await output(`${remove} --if-exists`)).toBe('')
})

test('ask where nobody answers', async () => {
  const { exit, stdout, stderr } = await type('kafka-topics.sh --bootstrap-server 127.0.0.1:1 --list')
  expect([exit, stdout]).toEqual([1, ''])
  expect(stderr).toContain('127.0.0.1:1: connection refused')
})

test('type what the cheat sheet of an old Kafka says', async () => {
  expect(
    await type(
      'kafka-topics.sh --create --zookeeper localhost:2181 --replication-factor 1 --partitions 1 --topic old',
    ),
  ).toEqual({
    exit: 2,
    stdout: '',
    stderr:
      'zookeeper is not a recognized option\nhint: Kafka has no ZooKeeper since 4.0; --bootstrap-server HOST:PORT names a broker, mostly on port 9092\n',
  })
})

test('mistype a topic, and redirect a folder', async () => {
  expect(
    await type('kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic ordres --timeout-ms 100'),
  ).toEqual({
    exit: 1,
    stdout: '',
    stderr: "Processed a total of 0 messages\nTopic 'ordres' does not exist\nhint: did you mean orders?\n",
  })
  expect(await type('ktool produce orders -b localhost:9092 < bin')).toEqual({
    exit: 1,
    stdout: '',
    stderr: 'standard input is a folder\n',
  })
})
