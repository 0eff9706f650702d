import { expect } from 'vitest'
import { errorName } from '../../src/protocol/errors.ts'
import { ConsumerGroupDescribe, ConsumerGroupHeartbeat } from '../../src/protocol/messages/consumer-groups.ts'
import { FindCoordinator } from '../../src/protocol/messages/metadata.ts'
import type { DecodedResponseOf, RequestOf } from '../../src/protocol/schema.ts'
import { startTestBroker, type TestBroker, type TestBrokerOptions } from './broker.ts'

type Request = RequestOf<typeof ConsumerGroupHeartbeat>
type Heard = DecodedResponseOf<typeof ConsumerGroupHeartbeat>

export interface MemberOptions {
  readonly id: string
  readonly group?: string
  readonly topics?: string[]
  readonly regex?: string
  readonly instance?: string
  readonly assignor?: string
  readonly rebalanceTimeoutMs?: number
}

/** A member of a consumer group that does only what a test tells it. */
export class ConsumerMemberTwin {
  readonly id: string
  readonly group: string
  epoch = 0
  /** What it was told to own, as 'orders-0 orders-1'. */
  assigned = ''
  readonly #broker: TestBroker
  readonly #options: MemberOptions

  constructor(broker: TestBroker, options: MemberOptions) {
    this.#broker = broker
    this.#options = options
    this.id = options.id
    this.group = options.group ?? 'readers'
  }

  /** Sends exactly this, and takes the answer in; gives the name of its error. */
  async send(body: Partial<Request>): Promise<string> {
    const answer = await this.ask(body)
    if (answer.errorCode === 0) {
      this.epoch = answer.memberEpoch
      if (answer.assignment) this.assigned = this.#named(answer.assignment.topicPartitions)
    }
    return errorName(answer.errorCode)
  }

  ask(body: Partial<Request>): Promise<Heard> {
    return this.#broker.ask(ConsumerGroupHeartbeat, 1, {
      groupId: this.group,
      memberId: this.id,
      memberEpoch: this.epoch,
      instanceId: this.#options.instance ?? null,
      ...body,
    })
  }

  join(): Promise<string> {
    const { topics, regex = null, assignor = null, rebalanceTimeoutMs = 60_000 } = this.#options
    return this.send({
      memberEpoch: 0,
      rebalanceTimeoutMs,
      subscribedTopicNames: topics ?? (regex === null ? [] : null),
      subscribedTopicRegex: regex,
      serverAssignor: assignor,
      topicPartitions: [],
    })
  }

  /** A heartbeat that says that the member owns what it was told to. */
  beat(): Promise<string> {
    return this.send({ topicPartitions: this.#owned() })
  }

  /** A heartbeat without news. */
  tick(): Promise<string> {
    return this.send({})
  }

  leave(memberEpoch = -1): Promise<string> {
    return this.send({ memberEpoch })
  }

  /** Joins, or beats, and expects that to be fine. */
  async settle(): Promise<this> {
    expect(await (this.epoch === 0 ? this.join() : this.beat())).toBe('NONE')
    return this
  }

  #owned() {
    const byTopic = new Map<string, number[]>()
    for (const place of this.assigned.split(' ').filter(Boolean)) {
      const [topic, partition] = place.split('-')
      byTopic.set(topic!, [...(byTopic.get(topic!) ?? []), Number(partition)])
    }
    return [...byTopic].map(([topic, partitions]) => ({
      topicId: this.#broker.topicId(topic),
      partitions,
    }))
  }

  #named(list: readonly { readonly topicId: string; readonly partitions: readonly number[] }[]): string {
    const { topicsById } = this.#broker.broker.image
    return list
      .flatMap(({ topicId, partitions }) => partitions.map((p) => `${topicsById.get(topicId)!.name}-${p}`))
      .sort()
      .join(' ')
  }
}

/** A broker with topics to read, which finds a new assignment as soon as there is a reason. */
export async function startWithTopics({ config, ...options }: TestBrokerOptions = {}): Promise<TestBroker> {
  const broker = await startTestBroker({
    topics: { orders: 4, bills: 2 },
    config: { 'group.consumer.assignment.interval.ms': '0', ...config },
    ...options,
  })
  await broker.ask(FindCoordinator, 4, { keyType: 0, coordinatorKeys: ['readers'] })
  return broker
}

/** A group as ConsumerGroupDescribe tells it. */
export async function describeGroup(broker: TestBroker, groupId = 'readers') {
  const { groups } = await broker.ask(ConsumerGroupDescribe, 1, {
    groupIds: [groupId],
    includeAuthorizedOperations: false,
  })
  return groups[0]!
}

/** 'Stable 3/3': its state, its epoch and that of its assignment. */
export async function stateOf(broker: TestBroker, groupId = 'readers'): Promise<string> {
  const { errorCode, groupState, groupEpoch, assignmentEpoch } = await describeGroup(broker, groupId)
  return errorCode === 0 ? `${groupState} ${groupEpoch}/${assignmentEpoch}` : errorName(errorCode)
}
