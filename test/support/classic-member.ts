import { expect } from 'vitest'
import { Reader } from '../../src/bytes/reader.ts'
import { Writer } from '../../src/bytes/writer.ts'
import { codec } from '../../src/protocol/compile.ts'
import { errorName } from '../../src/protocol/errors.ts'
import { Heartbeat, JoinGroup, LeaveGroup, SyncGroup } from '../../src/protocol/messages/classic-groups.ts'
import {
  ConsumerProtocolAssignment,
  ConsumerProtocolSubscription,
} from '../../src/protocol/messages/stored-offsets.ts'
import type { TestBroker } from './broker.ts'

const VERSION = 3
const REBALANCE_MS = 60_000

interface ClassicMemberOptions {
  readonly group?: string
  readonly topics?: string[]
  readonly instance?: string
}

/** A consumer of the classic protocol that does only what a test tells it. */
export class ClassicMemberTwin {
  id = ''
  generation = -1
  /** What it was told to own, as 'orders-0 orders-1'. */
  assigned = ''
  readonly #options: ClassicMemberOptions
  /** One connection of its own: a JoinGroup may wait for others. */
  readonly #client: ReturnType<TestBroker['connect']>
  readonly #group: string

  constructor(broker: TestBroker, options: ClassicMemberOptions = {}) {
    this.#options = options
    this.#client = broker.connect()
    this.#group = options.group ?? 'readers'
  }

  async join(): Promise<string> {
    const answer = await this.#client.ask(JoinGroup, 9, {
      groupId: this.#group,
      memberId: this.id,
      groupInstanceId: this.#options.instance ?? null,
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: REBALANCE_MS,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: this.#subscription() }],
    })
    if (answer.memberId !== '') this.id = answer.memberId
    if (errorName(answer.errorCode) === 'MEMBER_ID_REQUIRED') return this.join()
    if (answer.errorCode === 0) this.generation = answer.generationId
    return errorName(answer.errorCode)
  }

  /** Sends what the leader would: everything of every topic to itself, unless the broker assigns. */
  async sync(everything = ''): Promise<string> {
    const answer = await this.#client.ask(SyncGroup, 5, {
      groupId: this.#group,
      memberId: this.id,
      groupInstanceId: this.#options.instance ?? null,
      generationId: this.generation,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments:
        everything === '' ? [] : [{ memberId: this.id, assignment: writtenAssignment(byTopic(everything)) }],
    })
    if (answer.errorCode === 0) this.assigned = readPlaces(answer.assignment)
    return errorName(answer.errorCode)
  }

  async beat(): Promise<string> {
    const answer = await this.#client.ask(Heartbeat, 4, {
      groupId: this.#group,
      memberId: this.id,
      groupInstanceId: this.#options.instance ?? null,
      generationId: this.generation,
    })
    return errorName(answer.errorCode)
  }

  async leave(): Promise<string> {
    const answer = await this.#client.ask(LeaveGroup, 5, {
      groupId: this.#group,
      members: [{ memberId: this.id, groupInstanceId: this.#options.instance ?? null }],
    })
    return errorName(answer.errorCode || answer.members[0]!.errorCode)
  }

  /** Joins as the only member of a classic group, and gives itself everything. */
  async settleAlone(everything: string): Promise<this> {
    expect(await this.join()).toBe('NONE')
    expect(await this.sync(everything)).toBe('NONE')
    return this
  }

  /** Joins and syncs, and expects that to be fine. */
  async settle(): Promise<this> {
    expect(await this.join()).toBe('NONE')
    expect(await this.sync()).toBe('NONE')
    return this
  }

  #subscription(): Buffer {
    const writer = new Writer()
    writer.int16(VERSION)
    codec(ConsumerProtocolSubscription.message, VERSION).encode(writer, {
      topics: this.#options.topics ?? ['orders'],
      userData: null,
      ownedPartitions: byTopic(this.assigned),
      generationId: this.generation,
      rackId: null,
    })
    return writer.takeBytes()
  }
}

function byTopic(places: string): { topic: string; partitions: number[] }[] {
  const topics = new Map<string, number[]>()
  for (const place of places.split(' ').filter(Boolean)) {
    const [topic, partition] = place.split('-')
    topics.set(topic!, [...(topics.get(topic!) ?? []), Number(partition)])
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }))
}

export function writtenAssignment(
  assignedPartitions: { topic: string; partitions: number[] }[],
  userData: Buffer | null = null,
): Buffer {
  const writer = new Writer()
  writer.int16(VERSION)
  codec(ConsumerProtocolAssignment.message, VERSION).encode(writer, { assignedPartitions, userData })
  return writer.takeBytes()
}

function readPlaces(assignment: Buffer): string {
  if (assignment.length === 0) return ''
  const reader = new Reader(assignment)
  expect(reader.int16()).toBe(VERSION)
  const { assignedPartitions } = codec(ConsumerProtocolAssignment.message, VERSION).decode(reader)
  return assignedPartitions
    .flatMap(({ topic, partitions }) => partitions.map((partition) => `${topic}-${partition}`))
    .sort()
    .join(' ')
}
