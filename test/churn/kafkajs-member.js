// A member of a group, with kafkajs: SERVERS TOPIC GROUP NAME SESSION_TIMEOUT_MS PROTOCOL.
import { writeSync } from 'node:fs'
import kafkajs from 'kafkajs'

const { AssignerProtocol, Kafka, logLevel } = kafkajs
const { MemberAssignment, MemberMetadata } = AssignerProtocol
const [servers, topic, group, name, sessionTimeoutMs] = process.argv.slice(2)

const say = (text) => writeSync(1, `${text}\n`)

// kafkajs names its assignor as nobody else does; members of other kinds want to find theirs.
const ASSIGNORS = {
  range: (partition, members, count) => {
    const least = Math.floor(count / members)
    const more = count % members
    const withMore = more * (least + 1)
    return partition < withMore
      ? Math.floor(partition / (least + 1))
      : more + Math.floor((partition - withMore) / least)
  },
  roundrobin: (partition, members) => partition % members,
}

const assignor =
  (assignorName, ownerOf) =>
  ({ cluster }) => ({
    name: assignorName,
    version: 0,
    async assign({ members, topics }) {
      const ids = members.map(({ memberId }) => memberId).sort()
      const shares = ids.map(() => ({}))
      for (const each of topics) {
        const partitions = cluster
          .findTopicPartitionMetadata(each)
          .map(({ partitionId }) => partitionId)
          .sort((one, other) => one - other)
        for (const share of shares) share[each] = []
        partitions.forEach((partition, at) => {
          shares[ownerOf(at, ids.length, partitions.length)][each].push(partition)
        })
      }
      return ids.map((memberId, at) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({
          version: 0,
          assignment: shares[at],
          userData: Buffer.alloc(0),
        }),
      }))
    },
    protocol: ({ topics: wanted }) => ({
      name: assignorName,
      metadata: MemberMetadata.encode({ version: 0, topics: wanted, userData: Buffer.alloc(0) }),
    }),
  })

const kafka = new Kafka({
  clientId: name,
  brokers: servers.split(','),
  logLevel: logLevel.WARN,
  retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 30 },
})
const assignors = Object.entries(ASSIGNORS).map(([each, ownerOf]) => assignor(each, ownerOf))

let consumer
let isLeaving = false

async function join() {
  consumer = kafka.consumer({
    groupId: group,
    sessionTimeout: Number(sessionTimeoutMs),
    rebalanceTimeout: 15_000,
    heartbeatInterval: 1000,
    maxWaitTimeInMs: 200,
    partitionAssigners: assignors,
  })
  consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberId, memberAssignment } }) => {
    const partitions = [...(memberAssignment[topic] ?? [])].sort((one, other) => one - other)
    say(`#assigned ${memberId} - ${partitions}`)
  })
  // kafkajs gives up for good when it finds nobody at the address of the broker.
  consumer.on(consumer.events.CRASH, ({ payload: { restart } }) => {
    if (!restart && !isLeaving) joinAgain()
  })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({
    autoCommitInterval: 500,
    eachMessage: async ({ partition, message }) =>
      void say(`Partition:${partition}\tOffset:${message.offset}\t${message.value}`),
  })
}

function joinAgain() {
  setTimeout(() => join().catch(joinAgain), 200)
}

process.on('SIGTERM', async () => {
  isLeaving = true
  await consumer.disconnect()
  process.exit(0)
})
join().catch(joinAgain)
