import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { Cluster } from '../../../src/client/cluster.ts'
import { requestCoordinator } from '../../../src/client/coordinators.ts'
import { fetchSettings } from '../../../src/client/fetch/fetch-config.ts'
import { COMMIT_BY_NAME, commitTopics, fetchCommitted } from '../../../src/client/groups/committed-offsets.ts'
import { describeConsumerGroups } from '../../../src/client/groups/description.ts'
import { groupSettings } from '../../../src/client/groups/group-config.ts'
import { GroupConsumer } from '../../../src/client/groups/group-consumer.ts'
import { type BrokerHandle, startBroker } from '../../../src/index.ts'
import { LeaveGroup } from '../../../src/protocol/messages/classic-groups.ts'
import { Produce } from '../../../src/protocol/messages/produce.ts'
import { BatchBuilder } from '../../../src/records/record.ts'

const PARTITIONS = 4
const PROTOCOLS = ['classic', 'consumer'] as const
const FAST = { 'fetch.max.wait.ms': '20', 'auto.commit.interval.ms': '30', 'auto.offset.reset': 'earliest' }

let broker: BrokerHandle
let cluster: Cluster
let topicCount = 0

beforeAll(async () => {
  // Members of the newer protocol hear of changes with their next beat.
  broker = await startBroker({
    topics: Array.from({ length: 30 }, (_, at) => ({ name: `topic-${at}`, partitions: PARTITIONS })),
    config: {
      'group.consumer.heartbeat.interval.ms': '50',
      'group.consumer.min.heartbeat.interval.ms': '50',
    },
  })
  cluster = Cluster.connect({ bootstrapServers: broker.bootstrapServers })
})
afterAll(async () => {
  cluster.close()
  await broker.close()
})

/** A topic that no other test has, with so many records in each partition. */
async function topicWith(records: number): Promise<string> {
  const topic = `topic-${topicCount++}`
  await write(topic, records)
  return topic
}

async function write(topic: string, records: number): Promise<void> {
  if (records === 0) return
  const partitionData = Array.from({ length: PARTITIONS }, (_, index) => {
    const builder = new BatchBuilder()
    for (let i = 0; i < records; i++) builder.append(1000, null, Buffer.from(`${index}`))
    return { index, records: builder.build() }
  })
  const body = { acks: -1, timeoutMs: 1000, topicData: [{ name: topic, partitionData }] }
  await cluster.request({ ...Produce, maxVersion: 12 }, body, { node: 1 })
}

class Member {
  readonly consumer: GroupConsumer
  readonly cluster: Cluster
  readonly read: string[] = []
  readonly complaints: string[] = []
  #reading: Promise<void> | null = null

  constructor(topic: string, properties: Record<string, string>) {
    const all = new Map(Object.entries({ ...FAST, ...properties }))
    if (all.get('group.protocol') !== 'consumer') all.set('heartbeat.interval.ms', '50')
    this.cluster = Cluster.connect({ bootstrapServers: broker.bootstrapServers, clientId: 'member' })
    this.consumer = new GroupConsumer(this.cluster, {
      group: groupSettings(all),
      fetch: fetchSettings(all),
      topics: async () => ({ names: [topic], isIncomplete: false }),
      memberId: Buffer.from(`member ${memberCount++}`.padEnd(16)).toString('base64url'),
      onCommitFailure: (error) => this.complaints.push(error.message),
    })
    onTestFinished(() => this.stop())
  }

  /** Reads until it is stopped. */
  start(): this {
    this.#reading = this.#readOn()
    return this
  }

  async #readOn(): Promise<void> {
    for (;;) {
      const records = await this.consumer.next()
      if (records === null) return
      while (records.next()) this.read.push(`${records.partition}:${records.offset}`)
    }
  }

  async stop(): Promise<void> {
    await this.consumer.close()
    await this.#reading
    this.cluster.close()
  }
}
let memberCount = 0

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 8000
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error('it does not come true')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const sizes = async (group: string): Promise<number[]> => {
  const { answer } = (await describeConsumerGroups(cluster, [group])).get(group)!
  if (answer?.state !== 'Stable') return []
  return answer.members.map(({ assignment }) => assignment.length).sort()
}

const offsets = async (group: string): Promise<string[]> => {
  const { answer } = (await fetchCommitted(cluster, [group])).get(group)!
  return (answer ?? [])
    .map(({ partition, offset, leaderEpoch }) => `${partition}:${offset}:${leaderEpoch}`)
    .sort()
}

const everything = (records: number): string[] =>
  Array.from({ length: PARTITIONS }, (_, partition) =>
    Array.from({ length: records }, (_record, offset) => `${partition}:${offset}`),
  )
    .flat()
    .sort()

describe.each(PROTOCOLS)('a member of the %s protocol', (protocol) => {
  const settings = (group: string, more: Record<string, string> = {}) => ({
    'group.id': group,
    'group.protocol': protocol,
    ...more,
  })

  test('reads all partitions, commits also where there was nothing to read, and leaves an empty group', async () => {
    const topic = await topicWith(0)
    const group = `alone-${protocol}`
    const member = new Member(topic, settings(group)).start()
    await until(async () => (await offsets(group)).length === PARTITIONS)
    expect(await offsets(group)).toEqual(['0:0:null', '1:0:null', '2:0:null', '3:0:null'])
    await write(topic, 2)
    await until(() => member.read.length === 2 * PARTITIONS)
    await member.stop()
    expect(member.read.sort()).toEqual(everything(2))
    expect(await offsets(group)).toEqual(['0:2:0', '1:2:0', '2:2:0', '3:2:0'])
    const { answer } = (await describeConsumerGroups(cluster, [group])).get(group)!
    expect(answer).toMatchObject({ state: 'Empty', members: [] })
    expect(member.complaints).toEqual([])
  })

  test('shares partitions with those that come, and takes them over from those that go', async () => {
    const topic = await topicWith(50)
    const group = `shared-${protocol}`
    const first = new Member(topic, settings(group)).start()
    await until(() => first.read.length === 50 * PARTITIONS)
    const second = new Member(topic, settings(group)).start()
    await until(async () => (await sizes(group)).join() === '2,2')
    await write(topic, 50)
    await until(() => first.read.length + second.read.length === 100 * PARTITIONS)
    expect(second.read).toHaveLength(100)
    await first.stop()
    await until(async () => (await sizes(group)).join() === String(PARTITIONS))
    await write(topic, 1)
    await until(() => second.read.length === 100 + PARTITIONS)
    expect([...first.read, ...second.read].sort()).toEqual(everything(101))
  })

  test('that stops amidst records goes on with the first one it did not use', async () => {
    const topic = await topicWith(10)
    const group = `amidst-${protocol}`
    const member = new Member(topic, settings(group))
    const records = (await member.consumer.next())!
    for (let i = 0; i < 3; i++) records.next()
    await member.stop()
    expect(await offsets(group)).toContain(`${records.partition}:3:null`)
    const next = new Member(topic, settings(group)).start()
    await until(() => next.read.length === 10 * PARTITIONS - 3)
    expect(next.read.sort()).toEqual(
      everything(10).filter((name) => !new RegExp(`^${records.partition}:[012]$`).test(name)),
    )
  })

  test('commits nothing when it is told so', async () => {
    const topic = await topicWith(3)
    const group = `silent-${protocol}`
    const member = new Member(topic, settings(group, { 'enable.auto.commit': 'false' })).start()
    await until(() => member.read.length === 3 * PARTITIONS)
    await member.stop()
    expect(await offsets(group)).toEqual([])
  })

  test('without a place to start and without a policy says so', async () => {
    const topic = await topicWith(1)
    const member = new Member(topic, settings(`none-${protocol}`, { 'auto.offset.reset': 'none' }))
    await expect(member.consumer.next()).rejects.toThrow(
      `Undefined offset with no reset policy for partitions: [${topic}-0`,
    )
  })

  test('waits for records no longer than it is told', async () => {
    const member = new Member(await topicWith(0), settings(`patient-${protocol}`))
    expect(await member.consumer.next(60)).toBeNull()
  })
})

test('a member that its group has forgotten joins again, and loses nothing', async () => {
  const topic = await topicWith(5)
  const member = new Member(topic, { 'group.id': 'forgetful' }).start()
  await until(() => member.read.length === 5 * PARTITIONS)
  const { answer } = (await describeConsumerGroups(cluster, ['forgetful'])).get('forgetful')!
  const { memberId } = answer!.members[0]!
  await requestCoordinator(cluster, 'group', 'forgetful', LeaveGroup, {
    groupId: 'forgetful',
    members: [{ memberId }],
  })
  await until(async () => {
    const found = (await describeConsumerGroups(cluster, ['forgetful'])).get('forgetful')!
    return found.answer!.members.some((each) => each.memberId !== memberId)
  })
  await write(topic, 1)
  await until(() => new Set(member.read).size === 6 * PARTITIONS)
})

test('a static member does not leave, and comes back to its partitions', async () => {
  const topic = await topicWith(1)
  const properties = { 'group.id': 'fixed', 'group.instance.id': 'one' }
  const first = new Member(topic, properties).start()
  await until(() => first.read.length === PARTITIONS)
  await first.stop()
  expect(await sizes('fixed')).toEqual([PARTITIONS])
  await write(topic, 1)
  const again = new Member(topic, properties).start()
  await until(() => again.read.length === PARTITIONS)
  expect(again.read.sort()).toEqual(['0:1', '1:1', '2:1', '3:1'])
})

test('a group whose members have no assignor in common refuses the stranger', async () => {
  const topic = await topicWith(0)
  const settings = { 'group.id': 'odd', 'partition.assignment.strategy': 'range' }
  const member = new Member(topic, settings).start()
  await until(async () => (await sizes('odd')).length === 1)
  const stranger = new Member(topic, { ...settings, 'partition.assignment.strategy': 'roundrobin' })
  await expect(stranger.consumer.next()).rejects.toMatchObject({ code: 'INCONSISTENT_GROUP_PROTOCOL' })
  await member.stop()
})

test('offsets may be set for an empty group only', async () => {
  const topic = await topicWith(1)
  const member = new Member(topic, { 'group.id': 'busy' }).start()
  await until(async () => (await sizes('busy')).length === 1)
  const answer = await requestCoordinator(cluster, 'group', 'busy', COMMIT_BY_NAME, {
    groupId: 'busy',
    memberId: '',
    topics: commitTopics([{ topic, partition: 0, offset: 0 }]),
  })
  expect(answer.topics[0]!.partitions[0]!.errorCode).not.toBe(0)
  await member.stop()
})
