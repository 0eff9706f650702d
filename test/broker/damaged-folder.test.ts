// What is damaged in a data folder must not keep the rest of it from being served.
import { expect, test } from 'vitest'
import { LOCK_FILE } from '../../src/log/folder-lock.ts'
import { errorCode } from '../../src/protocol/errors.ts'
import { OffsetCommit, OffsetFetch } from '../../src/protocol/messages/commits.ts'
import { Fetch } from '../../src/protocol/messages/fetch.ts'
import { FindCoordinator, Metadata } from '../../src/protocol/messages/metadata.ts'
import { Produce } from '../../src/protocol/messages/produce.ts'
import { startTestBroker, type TestBroker } from '../support/broker.ts'
import { append, batch, valuesIn } from '../support/logs.ts'
import type { MemoryFiles } from '../support/memory-files.ts'
import { fetchFrom, produceTo } from '../support/partition-requests.ts'

const LOG = '00000000000000000000.log'

function change(files: MemoryFiles, path: string, edit: (bytes: Buffer) => Buffer): void {
  files.writeFile(path, edit(files.readFile(path)!))
}

const flipAt = (position: number) => (bytes: Buffer) => {
  bytes[position]! ^= 1
  return bytes
}

async function produceError(broker: TestBroker, topic: string): Promise<number> {
  const { responses } = await broker.ask(Produce, 9, produceTo({ topic }, batch()))
  return responses[0]!.partitionResponses[0]!.errorCode
}

async function fetchError(broker: TestBroker, topic: string): Promise<number> {
  const { responses } = await broker.ask(Fetch, 12, fetchFrom([{ topic }]))
  return responses[0]!.partitions[0]!.errorCode
}

test('a partition whose log cannot be opened is not available, the others are', async () => {
  const broker = await startTestBroker({ topics: { orders: 1, other: 1 } })
  for (const topic of ['orders', 'other']) append(broker.log(topic), topic)
  const fail = (files: MemoryFiles) => {
    files.onCall = (call, path) => (call === 'open' && path.endsWith(`orders-0/${LOG}`) ? 'EIO' : null)
  }
  await broker.alter('closed', fail)
  const storage = errorCode('KAFKA_STORAGE_ERROR')
  expect([await produceError(broker, 'orders'), await fetchError(broker, 'orders')]).toEqual([
    storage,
    storage,
  ])
  expect([await produceError(broker, 'other'), await fetchError(broker, 'other')]).toEqual([0, 0])
  expect(broker.complaints.filter((line) => line.includes('orders-0'))).toEqual([
    expect.stringMatching(
      /^orders-0: the partition is not available: open '\/data\/orders-0\/0+\.log' failed: EIO/,
    ),
  ])
  expect(broker.broker.recovery.unavailablePartitions).toBe(1)
  const { topics } = await broker.ask(Metadata, 12, { topics: [{ name: 'orders' }] })
  expect(topics[0]!.partitions).toMatchObject([
    { errorCode: errorCode('LEADER_NOT_AVAILABLE'), leaderId: -1, offlineReplicas: [1] },
  ])
  await broker.alter('closed', (files) => {
    files.onCall = () => null
  })
  expect(valuesIn(broker.log('orders'))).toEqual(['orders'])
})

test('a topic whose partition is not available can be deleted', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  append(broker.log('orders'), 'a')
  await broker.alter('closed', (files) => {
    files.onCall = (call, path) => (call === 'open' && path.endsWith(`orders-0/${LOG}`) ? 'EIO' : null)
  })
  const files = broker.files as MemoryFiles
  files.onCall = () => null
  broker.deleteTopic('orders')
  expect(broker.files.list('/data').some(({ name }) => name === 'orders-0')).toBe(false)
  broker.createTopic('orders')
  expect(broker.log('orders').endOffset).toBe(0)
})

test.each(['closed', 'killed'] as const)(
  'a damaged partition.metadata of a broker that was %s is written again',
  async (how) => {
    const broker = await startTestBroker({ topics: { orders: 1, other: 1 } })
    append(broker.log('orders'), 'a')
    const path = '/data/orders-0/partition.metadata'
    await broker.alter(how, (files) => change(files, path, () => Buffer.from('version: \x0e\x1b[2J')))
    expect(valuesIn(broker.log('orders'))).toEqual(['a'])
    expect(broker.files.readFile(path)!.toString()).toBe(`version: 0\ntopic_id: ${broker.topicId('orders')}`)
    const [complaint] = broker.complaints
    expect(complaint).toContain(
      `orders-0: '${path}' is written again with topic id ${broker.topicId('orders')}`,
    )
    expect(complaint).toContain("'version: \\x0e\\x1b[2J'")
  },
)

/** Commits an offset of each of these groups. */
async function commit(broker: TestBroker, groups: readonly string[]): Promise<void> {
  for (const groupId of groups) {
    await broker.ask(FindCoordinator, 3, { key: groupId, keyType: 0 })
    const partitions = [{ partitionIndex: 0, committedOffset: 7, committedMetadata: '' }]
    const topics = [{ name: 'orders', partitions }]
    const base = { groupId, generationIdOrMemberEpoch: -1, memberId: '' }
    const answer = await broker.ask(OffsetCommit, 8, { ...base, topics })
    expect(answer.topics[0]!.partitions[0]!.errorCode).toBe(0)
  }
}

async function committed(broker: TestBroker, groupId: string) {
  const topics = [{ name: 'orders', partitionIndexes: [0] }]
  const { groups } = await broker.ask(OffsetFetch, 8, { groups: [{ groupId, topics }] })
  const [group] = groups
  return group!.errorCode === 0 ? group!.topics[0]!.partitions[0]!.committedOffset : group!.errorCode
}

/** The path of the log that has the group's offsets, found by its name in it. */
function logOfGroup(files: MemoryFiles, group: string): string {
  return files
    .paths()
    .find(
      (path) =>
        path.includes('__consumer_offsets-') && path.endsWith(LOG) && files.readFile(path)!.includes(group),
    )!
}

test('groups of a damaged partition of __consumer_offsets are not available after a clean stop, the others are', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  await commit(broker, ['billing', 'shipping'])
  const files = broker.files as MemoryFiles
  const damaged = logOfGroup(files, 'billing')
  expect(logOfGroup(files, 'shipping')).not.toBe(damaged)
  await broker.alter('closed', (left) => change(left, damaged, flipAt(100)))

  expect(await committed(broker, 'billing')).toBe(errorCode('NOT_COORDINATOR'))
  expect(await committed(broker, 'shipping')).toBe(7)
  const found = await broker.ask(FindCoordinator, 3, { key: 'billing', keyType: 0 })
  const partition = damaged.split('/')[2]!
  expect(found.errorCode).toBe(errorCode('COORDINATOR_NOT_AVAILABLE'))
  expect(found.errorMessage).toContain(`the groups of ${partition} cannot be read: `)
  expect(found.errorMessage).toContain(`'${damaged}' at position 0: the CRC of the batch at offset 0`)
  expect(broker.complaints.join('\n')).toContain(`the groups of ${partition} are not available`)
  // The log is as it was, for whoever repairs it.
  await broker.alter('closed', (left) => change(left, damaged, flipAt(100)))
  expect(await committed(broker, 'billing')).toBe(7)
})

test.each([
  [
    'cluster.id',
    /^cluster.id=.*$/m,
    'cluster.id=abc\x0e\x1b[2J',
    "cluster.id 'abc\\x0e\\x1b[2J' is not an id",
  ],
  [
    'directory.id',
    /^directory.id=.*$/m,
    'directory.id=\x0e',
    "directory.id '\\x0e' is not an id of 22 base64url",
  ],
  ['node.id', /^node.id=.*$/m, 'node.id=x\x00', "node.id 'x\\x00' is not a broker id"],
  ['version', /^version=.*$/m, 'version=\x07', "version '\\x07' is not known"],
])(
  'a damaged %s in meta.properties is refused with the name of the file, and nothing unprintable',
  async (_, line, text, message) => {
    const broker = await startTestBroker()
    const path = '/data/meta.properties'
    const good = broker.files.readFile(path)!
    const altered = broker.alter('closed', (files) =>
      change(files, path, (bytes) => Buffer.from(bytes.toString('latin1').replace(line, text), 'latin1')),
    )
    await expect(altered).rejects.toThrow(`'${path}' is damaged: ${message}`)
    const files = broker.files as MemoryFiles
    files.writeFile(path, good)
    await broker.open()
  },
)

const METADATA = `/data/__cluster_metadata-0/${LOG}`

/** Starts a broker on the files of one that did not start, as after a reboot. */
function startAgain(broker: TestBroker): Promise<void> {
  const files = broker.files as MemoryFiles
  files.writeFile(`/data/${LOCK_FILE}`, Buffer.from('{"pid":1,"boot":"the one before"}'))
  return broker.open()
}

/** Stops a broker with two topics, changes its metadata, and expects that it does not start; then puts it back. */
async function expectRefusal(
  how: 'closed' | 'killed',
  edit: (files: MemoryFiles) => void,
  message: RegExp,
): Promise<void> {
  const broker = await startTestBroker({ topics: { orders: 1, other: 1 } })
  append(broker.log('orders'), 'a')
  let good: Buffer | null = null
  const altered = broker.alter(how, (files) => {
    good = files.readFile(METADATA)
    edit(files)
  })
  await expect(altered).rejects.toThrow(message)
  const files = broker.files as MemoryFiles
  const folders = files.list('/data').map(({ name }) => name)
  expect(folders).toEqual(expect.arrayContaining(['orders-0', 'other-0']))
  // Neither does a second try.
  await expect(startAgain(broker)).rejects.toThrow(message)
  for (const { name } of files.list('/data/__cluster_metadata-0')) {
    if (/cut-at|snapshot|index/.test(name)) files.remove(`/data/__cluster_metadata-0/${name}`)
  }
  files.writeFile(METADATA, good!)
  files.remove('/data/.kafka_cleanshutdown')
  await startAgain(broker)
  expect(valuesIn(broker.log('orders'))).toEqual(['a'])
}

test.each(['closed', 'killed'] as const)(
  'a broker that was %s does not start with a bit flipped in its metadata',
  async (how) => {
    const flip = (files: MemoryFiles) => change(files, METADATA, flipAt(200))
    await expectRefusal(
      how,
      flip,
      /metadata is damaged: .*__cluster_metadata-0.* at position \d+.*: restore '.*' from a backup/,
    )
  },
)

test.each(['closed', 'killed'] as const)(
  'a broker that was %s does not start with its metadata emptied',
  async (how) => {
    const empty = (files: MemoryFiles) => change(files, METADATA, () => Buffer.alloc(0))
    await expectRefusal(how, empty, /__cluster_metadata-0.*restore/)
  },
)

test.each(['closed', 'killed'] as const)(
  'a broker that was %s does not start with its metadata removed',
  async (how) => {
    const remove = (files: MemoryFiles) => files.remove('/data/__cluster_metadata-0')
    const broker = await startTestBroker({ topics: { orders: 1 } })
    append(broker.log('orders'), 'a')
    await expect(broker.alter(how, remove)).rejects.toThrow(
      /does not know 1 of the partitions.*orders-0.*restore/,
    )
    await expect(startAgain(broker)).rejects.toThrow(/does not know 1 of the partitions/)
    expect(broker.files.list('/data').some(({ name }) => name === 'orders-0')).toBe(true)
    // Moved away, as the message says.
    ;(broker.files as MemoryFiles).remove('/data/orders-0')
    await startAgain(broker)
  },
)

test('after a kill, the metadata of an interrupted write is cut off and reported', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  append(broker.log('orders'), 'a')
  const half = (files: MemoryFiles) =>
    change(files, METADATA, (bytes) => Buffer.concat([bytes, bytes.subarray(0, 90)]))
  await broker.alter('killed', half)
  expect(valuesIn(broker.log('orders'))).toEqual(['a'])
  expect(broker.complaints.join('\n')).toContain(`__cluster_metadata-0: cut '${METADATA}'`)
})

test('metadata cut off that partitions need is not given up', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  broker.createTopic('late')
  append(broker.log('late'), 'a')
  const cut = (files: MemoryFiles) => {
    const bytes = files.readFile(METADATA)!
    files.writeFile(METADATA, bytes.subarray(0, bytes.length - 10))
  }
  await expect(broker.alter('killed', cut)).rejects.toThrow(
    /does not know 1 .*late-0, since its end was cut off: restore/,
  )
  await expect(startAgain(broker)).rejects.toThrow(/does not know 1 .*late-0/)
  const files = broker.files as MemoryFiles
  const kept = files.paths().find((path) => path.includes('cut-at'))!
  files.remove(kept)
  await startAgain(broker)
  expect(broker.broker.image.topics.has('orders')).toBe(true)
})

test('a damaged bootstrap.checkpoint of a broker that has started before is not needed', async () => {
  const broker = await startTestBroker({ topics: { orders: 1 } })
  await broker.alter('closed', (files) => change(files, '/data/bootstrap.checkpoint', flipAt(100)))
  expect(broker.broker.image.topics.has('orders')).toBe(true)
})
