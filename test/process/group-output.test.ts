// A member of a group commits what the reader of its output got, and nothing else: readers that are slow, that stall, or go
// away, and a disk that is full, with each protocol and each way to end.
import { closeSync, openSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type BrokerHandle, startBroker } from '../../src/broker/start.ts'
import { Cluster } from '../../src/client/cluster.ts'
import { fetchCommitted } from '../../src/client/groups/committed-offsets.ts'
import { describeConsumerGroups } from '../../src/client/groups/description.ts'
import { Producer } from '../../src/client/produce/producer.ts'
import { producerSettings } from '../../src/client/produce/producer-config.ts'
import { type KtoolChild, millisecondsOf, startChild, until } from '../support/child.ts'
import { openPipe, type TestPipe } from '../support/pipe.ts'

const TOPIC = 'lines'
const PARTITIONS = 3
const PER_PARTITION = 8000
const SESSION_MS = 1500
/** What a pipe holds, and the one write that may be under way. */
const MOST_IN_PIPE = 65_536 + 4096
const PROTOCOLS = ['classic', 'consumer'] as const
type Protocol = (typeof PROTOCOLS)[number]

/** Each line has its place in it; 50 bytes with its end. */
const lineOf = (partition: number, offset: number): string => `${partition} ${offset} `.padEnd(49, '.')

let broker: BrokerHandle
let cluster: Cluster
let groups = 0

beforeAll(async () => {
  broker = await startBroker({
    topics: [{ name: TOPIC, partitions: PARTITIONS }],
    config: {
      'group.initial.rebalance.delay.ms': '0',
      'group.min.session.timeout.ms': '100',
      'group.consumer.min.session.timeout.ms': '100',
      'group.consumer.session.timeout.ms': String(SESSION_MS),
      'group.consumer.min.heartbeat.interval.ms': '100',
      'group.consumer.heartbeat.interval.ms': '300',
      'offsets.topic.num.partitions': '1',
    },
  })
  cluster = Cluster.connect({ bootstrapServers: broker.bootstrapServers })
  const producer = await Producer.create(cluster, producerSettings(new Map([['batch.size', '100000']])))
  await producer.prepare(TOPIC)
  for (let offset = 0; offset < PER_PARTITION; offset++) {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const value = Buffer.from(lineOf(partition, offset))
      if (!producer.append(TOPIC, null, value, [], 0, partition)) await producer.room()
    }
  }
  expect(await producer.close()).toMatchObject({ failed: 0 })
})
afterAll(async () => {
  cluster.close()
  await broker.close()
})

/** Reads the topic as the only member of a new group. */
function consume(protocol: Protocol, stdout: number, ...more: string[]): KtoolChild & { group: string } {
  return consumeAs(`group-${groups++}`, protocol, stdout, ...more)
}

function consumeAs(
  group: string,
  protocol: Protocol,
  stdout: number,
  ...more: string[]
): KtoolChild & { group: string } {
  const properties = [
    `group.protocol=${protocol}`,
    'auto.commit.interval.ms=200',
    ...(protocol === 'classic' ? [`session.timeout.ms=${SESSION_MS}`, 'heartbeat.interval.ms=300'] : []),
  ]
  const args = [
    ...['console-consumer', '-b', broker.bootstrapServers, '-t', TOPIC, '-g', group, '--from-beginning'],
    ...properties.flatMap((property) => ['--command-property', property]),
    ...more,
  ]
  return { ...startChild(args, ['ignore', stdout, 'pipe']), group }
}

/** The committed offset of each partition, 0 where nothing is committed. */
async function committed(group: string): Promise<number[]> {
  const { answer } = (await fetchCommitted(cluster, [group])).get(group)!
  const offsets = new Map((answer ?? []).map(({ partition, offset }) => [partition, Number(offset)]))
  return Array.from({ length: PARTITIONS }, (_, partition) => offsets.get(partition) ?? 0)
}

async function stateOf(group: string): Promise<{ state: string; members: number }> {
  const { answer } = (await describeConsumerGroups(cluster, [group])).get(group)!
  return { state: answer?.state ?? 'none', members: answer?.members.length ?? 0 }
}

async function membersOf(group: string): Promise<string[]> {
  const { answer } = (await describeConsumerGroups(cluster, [group])).get(group)!
  return answer?.members.map(({ memberId }) => memberId) ?? []
}

/** How many lines of each partition there are; fails unless they come in order and none is missing. */
function linesIn(text: string): number[] {
  const counts = Array.from({ length: PARTITIONS }, () => 0)
  for (const line of text.split('\n').slice(0, -1)) {
    const partition = Number(line.split(' ')[0])
    expect(line).toBe(lineOf(partition, counts[partition]!))
    counts[partition]!++
  }
  return counts
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

/** Until a member of another group that joined now, and then gave no sign of life, has lost its place. */
async function sessionOver(protocol: Protocol): Promise<void> {
  const nowhere = openSync('/dev/null', 'w')
  onTestFinished(() => closeSync(nowhere))
  const silent = consume(protocol, nowhere)
  await until('the silent member has joined', async () => (await stateOf(silent.group)).state === 'Stable')
  silent.signal('SIGSTOP')
  await until('the silent member is expelled', async () => (await stateOf(silent.group)).members === 0)
}

/** Reads 100 lines at a time as long as there are any, until the tool ends. */
async function readSlowly(
  pipe: TestPipe,
  child: KtoolChild,
  onLines: (text: string) => void,
): Promise<string> {
  let text = ''
  let hasEnded = false
  void child.ended.then(() => {
    hasEnded = true
  })
  while (!hasEnded) {
    text += pipe.read(5000)
    onLines(text)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return text + pipe.read()
}

type Ending = 'SIGINT' | 'SIGTERM' | '--timeout-ms' | '--max-messages'
const ENDINGS: readonly Ending[] = ['SIGINT', 'SIGTERM', '--timeout-ms', '--max-messages']
const EXIT = { SIGINT: 130, SIGTERM: 143, '--max-messages': 0 } as const
const WANTED = 5000
const optionsOf = (ending: Ending): string[] =>
  ending === '--max-messages' ? [ending, String(WANTED)] : ending === '--timeout-ms' ? [ending, '700'] : []

describe.each(PROTOCOLS)('%s', (protocol) => {
  test.each(ENDINGS)('a slow reader gets what is committed; ended by %s', async (ending) => {
    const pipe = openPipe()
    const child = consume(protocol, pipe.input, ...optionsOf(ending))
    let signalledMs = 0
    const text = await readSlowly(pipe, child, (soFar) => {
      if (!ending.startsWith('SIG') || signalledMs > 0 || soFar.length < 100_000) return
      signalledMs = performance.now()
      child.signal(ending as 'SIGINT')
    })
    if (signalledMs > 0) expect(performance.now() - signalledMs).toBeLessThan(2000)
    expect(await child.ended).toBe(ending === '--timeout-ms' ? 0 : EXIT[ending])
    const lines = linesIn(text)
    expect(text.endsWith('\n')).toBe(true)
    expect(await committed(child.group)).toEqual(lines)
    if (ending === '--max-messages') expect(sum(lines)).toBe(WANTED)
    if (ending === '--timeout-ms') expect(sum(lines)).toBe(PARTITIONS * PER_PARTITION)
    expect(child.stderr()).toBe(`Processed a total of ${sum(lines)} messages\n`)
    expect(await stateOf(child.group)).toEqual({ state: 'Empty', members: 0 })
  })

  test.each(ENDINGS)('a stalled reader keeps its member in the group; ended by %s', async (ending) => {
    const pipe = openPipe()
    const child = consume(protocol, pipe.input, ...optionsOf(ending))
    if (ending === '--timeout-ms') {
      const startMs = performance.now()
      expect(await child.ended).toBe(1)
      expect(performance.now() - startMs).toBeLessThan(4000)
      expect(child.stderr()).toContain('the reader of standard output did not read on within 700 ms')
    } else {
      await until('something is committed', async () => sum(await committed(child.group)) > 0)
      await sessionOver(protocol)
      expect(await stateOf(child.group)).toEqual({ state: 'Stable', members: 1 })
    }
    let text = ''
    if (ending === '--max-messages') text = await readSlowly(pipe, child, () => {})
    if (ending.startsWith('SIG')) {
      child.signal(ending as 'SIGINT')
      expect(await millisecondsOf(child.ended)).toBeLessThan(2000)
    }
    if (ending !== '--timeout-ms') expect(await child.ended).toBe(EXIT[ending])
    text += pipe.read()
    expect(await committed(child.group)).toEqual(linesIn(text))
    expect(await stateOf(child.group)).toEqual({ state: 'Empty', members: 0 })
  })

  test('a second member gets its share while the output of the first is stalled', async () => {
    const pipe = openPipe()
    const first = consume(protocol, pipe.input)
    await until('something is committed', async () => sum(await committed(first.group)) > 0)
    const memberId = (await membersOf(first.group))[0]
    const other = openPipe()
    const second = consumeAs(first.group, protocol, other.input)
    await until('both are members', async () => {
      const { state, members } = await stateOf(first.group)
      return state === 'Stable' && members === 2
    })
    expect(await membersOf(first.group)).toContain(memberId)
    for (const child of [first, second]) {
      child.signal('SIGINT')
      expect(await child.ended).toBe(130)
    }
    const bytes = pipe.read().length + other.read().length
    const offsets = await committed(first.group)
    // What the first member had printed when it gave its partitions up is read twice; nothing is skipped.
    expect(50 * sum(offsets)).toBeLessThanOrEqual(bytes)
    expect(50 * sum(offsets)).toBeGreaterThan(bytes - 2 * MOST_IN_PIPE)
  })

  test.each(['-o jsonl', '-o json', '--formatter-property print.offset=true'])(
    'each format is cut after a record: %s',
    async (options) => {
      const pipe = openPipe()
      const child = consume(protocol, pipe.input, ...options.split(' '))
      let isSignalled = false
      const text = await readSlowly(pipe, child, (soFar) => {
        if (isSignalled || soFar.length < 100_000) return
        isSignalled = true
        child.signal('SIGINT')
      })
      expect(await child.ended).toBe(130)
      const records =
        options === '-o json'
          ? (JSON.parse(text) as unknown[])
          : text
              .split('\n')
              .slice(0, -1)
              .filter((line) => (options === '-o jsonl' ? JSON.parse(line) : line))
      expect(records.length).toBe(sum(await committed(child.group)))
    },
  )

  test('a reader that goes away takes no more than the pipe holds from the group', async () => {
    const pipe = openPipe()
    const child = consume(protocol, pipe.input)
    let text = ''
    await until('lines come', () => {
      text += pipe.read(5000)
      return text.length >= 20_000
    })
    pipe.close()
    expect(await child.ended).toBe(0)
    const bytes = 50 * sum(await committed(child.group))
    expect(bytes).toBeGreaterThanOrEqual(50 * sum(linesIn(text)))
    expect(bytes).toBeLessThanOrEqual(text.length + MOST_IN_PIPE)
    expect(child.stderr()).toBe(
      `WARN: the reader of standard output went away; only the messages written to it are committed: ${bytes / 50}\n`,
    )
    expect(await stateOf(child.group)).toEqual({ state: 'Empty', members: 0 })
  })

  test('a full disk takes nothing from the group', async () => {
    const full = openSync('/dev/full', 'w')
    onTestFinished(() => closeSync(full))
    const child = consume(protocol, full)
    expect(await child.ended).toBe(1)
    expect(child.stderr()).toBe('Processed a total of 0 messages\nENOSPC: no space left on device, write\n')
    expect(await committed(child.group)).toEqual([0, 0, 0])
    expect(await stateOf(child.group)).toEqual({ state: 'Empty', members: 0 })
  })
})
