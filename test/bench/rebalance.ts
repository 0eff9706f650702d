import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { errorCode } from '../../src/protocol/errors.ts'
import { Heartbeat, JoinGroup, SyncGroup } from '../../src/protocol/messages/classic-groups.ts'
import { ConsumerGroupHeartbeat } from '../../src/protocol/messages/consumer-groups.ts'
import { FindCoordinator, Metadata } from '../../src/protocol/messages/metadata.ts'
import { CreateTopics } from '../../src/protocol/messages/topics.ts'
import type { DecodedResponseOf } from '../../src/protocol/schema.ts'
import { WireClient } from '../support/wire-client.ts'
import { median } from './measure.ts'
import type { Question } from './question.ts'
import { inTurn, type Server } from './servers.ts'

const MEMBERS = 3
const PARTITIONS = 6
const WARM_UP = 5
const ROUNDS = 40
const BEAT_EVERY_MS = 2
const ROUND_WITHIN_MS = 20_000
const TOPIC = 'rebalanced'
/** Both brokers begin at once, so that their work is measured and not their patience. */
const SETTINGS = ['group.initial.rebalance.delay.ms=0', 'group.consumer.assignment.interval.ms=0']

const dial = ({ port }: Server): WireClient =>
  new WireClient(connect({ port, host: '127.0.0.1', noDelay: true }))

export const rebalance: Question = {
  name: 'rebalance',
  question: 'How long from joining until each of three members knows its partitions?',
  async measure({ scale, say }) {
    const rounds = Math.max(3, Math.round(ROUNDS * scale))
    const { ktool, kafka } = await inTurn(async (server) => {
      say(`${server.name}: ${rounds} groups of each protocol`)
      const topicId = await prepare(server)
      const classic = await timeRounds(server, rounds, (clients, group) => joinClassic(clients, group))
      const consumer = await timeRounds(server, rounds, (clients, group) =>
        joinConsumers(clients, group, topicId),
      )
      return { classic, consumer }
    }, SETTINGS)
    const row = (what: string, of: 'classic' | 'consumer') => ({
      what,
      unit: 'ms',
      ktool: ktool[of],
      kafka: kafka ? kafka[of] : null,
    })
    return [
      row('3 members join → assigned, classic protocol, median', 'classic'),
      row('3 members join → assigned, consumer protocol, median', 'consumer'),
    ]
  },
}

/** Makes the topic, and waits for the coordinator of the groups; gives the topic's id. */
async function prepare(server: Server): Promise<string> {
  const client = dial(server)
  const topic = { name: TOPIC, numPartitions: PARTITIONS, replicationFactor: 1, assignments: [], configs: [] }
  await client.ask(CreateTopics, 7, { topics: [topic], timeoutMs: 10_000 })
  for (;;) {
    const { coordinators } = await client.ask(FindCoordinator, 4, { coordinatorKeys: ['group'] })
    const { topics } = await client.ask(Metadata, 12, { topics: [{ name: TOPIC }] })
    if (coordinators[0]!.errorCode === 0 && topics[0]!.errorCode === 0) {
      client.close()
      return topics[0]!.topicId
    }
    await wait(100)
  }
}

type Round = (clients: readonly WireClient[], group: string) => Promise<void>

/** The median of several groups, each with connections of its own that are open before the time runs. */
async function timeRounds(server: Server, count: number, round: Round): Promise<number> {
  const times: number[] = []
  for (let index = -WARM_UP; index < count; index++) {
    const clients = Array.from({ length: MEMBERS }, () => dial(server))
    const group = `${round.name}-${index}`
    await Promise.all(clients.map((client) => client.ask(Metadata, 12, { topics: [] })))
    const started = performance.now()
    await round(clients, group)
    if (index >= 0) times.push(performance.now() - started)
    for (const client of clients) client.close()
  }
  return median(times)
}

type Joined = DecodedResponseOf<typeof JoinGroup>

const REJOIN = new Set([errorCode('REBALANCE_IN_PROGRESS'), errorCode('ILLEGAL_GENERATION')])
/** Kafka's broker loads the groups of a partition when it is asked for the first time. */
const AGAIN = new Set([errorCode('COORDINATOR_LOAD_IN_PROGRESS'), errorCode('NOT_COORDINATOR')])

/** Until all members are assigned to in one generation. */
async function joinClassic(clients: readonly WireClient[], groupId: string): Promise<void> {
  const deadline = performance.now() + ROUND_WITHIN_MS
  let complete = 0
  await Promise.all(
    clients.map(async (client) => {
      let memberId = ''
      while (performance.now() < deadline) {
        const joined: Joined = await client.ask(JoinGroup, 9, {
          groupId,
          sessionTimeoutMs: 30_000,
          rebalanceTimeoutMs: 30_000,
          memberId,
          protocolType: 'consumer',
          protocols: [{ name: 'range', metadata: Buffer.alloc(20) }],
        })
        if (AGAIN.has(joined.errorCode)) continue
        memberId = joined.memberId
        if (joined.errorCode !== 0) continue
        const { generationId } = joined
        if (joined.members.length === MEMBERS) complete = generationId
        const { errorCode: refused } = await client.ask(SyncGroup, 5, {
          groupId,
          generationId,
          memberId,
          protocolType: 'consumer',
          protocolName: 'range',
          assignments: joined.members.map((member) => ({
            memberId: member.memberId,
            assignment: Buffer.alloc(20),
          })),
        })
        if (refused !== 0) continue
        for (;;) {
          if (complete === generationId) return
          const beat = await client.ask(Heartbeat, 4, { groupId, generationId, memberId })
          if (REJOIN.has(beat.errorCode)) break
          await wait(BEAT_EVERY_MS)
        }
      }
      throw new Error(`${groupId} does not come to rest`)
    }),
  )
}

/** Until each member owns its share; one that has to give up partitions does so with its next heartbeat. */
async function joinConsumers(
  clients: readonly WireClient[],
  groupId: string,
  topicId: string,
): Promise<void> {
  const deadline = performance.now() + ROUND_WITHIN_MS
  const owned = clients.map((): number[] => [])
  const isDone = () => owned.every(({ length }) => length === PARTITIONS / MEMBERS)
  await Promise.all(
    clients.map(async (client, index) => {
      let memberEpoch = 0
      while (!isDone() && performance.now() < deadline) {
        const isNew = memberEpoch === 0
        const heard = await client.ask(ConsumerGroupHeartbeat, 1, {
          groupId,
          memberId: `member-${index}`,
          memberEpoch,
          rebalanceTimeoutMs: isNew ? 30_000 : -1,
          subscribedTopicNames: isNew ? [TOPIC] : null,
          topicPartitions: owned[index]!.length > 0 ? [{ topicId, partitions: owned[index]! }] : [],
        })
        if (heard.errorCode === 0) memberEpoch = heard.memberEpoch
        else if (!AGAIN.has(heard.errorCode)) throw new Error(`${groupId}: ${heard.errorMessage}`)
        if (heard.assignment) {
          owned[index] = heard.assignment.topicPartitions.flatMap(({ partitions }) => partitions)
        } else {
          await wait(BEAT_EVERY_MS)
        }
      }
      if (!isDone()) throw new Error(`${groupId} does not come to rest`)
    }),
  )
}
