// A classic group without a broker around it: what it writes is kept, and what it answers is given back by name.

import { ClassicGroup } from '../../../src/broker/groups/classic-group.ts'
import { type JoinRequest, join } from '../../../src/broker/groups/classic-join.ts'
import { leave } from '../../../src/broker/groups/classic-leave.ts'
import type { JoinAnswer, SyncAnswer } from '../../../src/broker/groups/classic-member.ts'
import { heartbeat, sync } from '../../../src/broker/groups/classic-sync.ts'
import type { GroupHost } from '../../../src/broker/groups/group-host.ts'
import type { GroupRecord } from '../../../src/broker/groups/group-records.ts'
import { silentLogger } from '../../../src/broker/logger.ts'
import { MetadataImage } from '../../../src/broker/metadata/image.ts'
import { Writer } from '../../../src/bytes/writer.ts'
import { codec } from '../../../src/protocol/compile.ts'
import { KafkaError } from '../../../src/protocol/errors.ts'
import { ConsumerProtocolSubscription } from '../../../src/protocol/messages/stored-offsets.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { randomBytes, seededRandom } from '../../support/random.ts'

export const SESSION_MS = 10_000
export const REBALANCE_MS = 60_000

/** What a consumer says of itself: the topics it reads. */
export function subscription(...topics: string[]): Buffer {
  const writer = new Writer()
  writer.int16(0)
  codec(ConsumerProtocolSubscription.message, 0).encode(writer, { topics })
  return writer.takeBytes()
}

/** A request that may still wait: undefined until it is answered. */
export interface Asked<Answer> {
  answer: Answer | undefined
  timesAnswered: number
}

export class GroupTwin implements GroupHost {
  readonly clock = new ManualClock()
  readonly logger = silentLogger
  readonly image = new MetadataImage()
  readonly values: Record<string, number> = {
    'group.max.size': 2 ** 31 - 1,
    'group.initial.rebalance.delay.ms': 0,
  }
  readonly settings = { number: (name: string) => this.values[name]!, list: () => [], text: () => '' }
  readonly written: GroupRecord[] = []
  /** What the next write fails with. */
  failure: KafkaError | null = null
  readonly group: ClassicGroup
  readonly #random = seededRandom(1)

  constructor() {
    this.group = new ClassicGroup(this, 'g')
  }

  readonly randomBytes = (size: number): Buffer => randomBytes(this.#random, size)

  write(records: readonly GroupRecord[]): void {
    const { failure } = this
    this.failure = null
    if (failure) throw failure
    this.written.push(...records)
  }

  replace(): void {}

  /** Sends a JoinGroup; a member id of '' is somebody new who does not know of member ids. */
  join(memberId = '', more: Partial<JoinRequest> = {}): Asked<JoinAnswer> {
    const asked: Asked<JoinAnswer> = { answer: undefined, timesAnswered: 0 }
    const request: JoinRequest = {
      memberId,
      groupInstanceId: null,
      clientId: 'client',
      clientHost: '/127.0.0.1',
      sessionTimeoutMs: SESSION_MS,
      rebalanceTimeoutMs: REBALANCE_MS,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: subscription('orders') }],
      knowsMemberIds: false,
      knowsSkipping: true,
      ...more,
    }
    join(this.group, request, (answer) => {
      asked.answer = answer
      asked.timesAnswered++
    })
    return asked
  }

  /** Sends a SyncGroup; the leader's carries an assignment for each of `assignments`. */
  sync(
    memberId: string,
    assignments: Readonly<Record<string, string>> = {},
    { generationId = this.group.generationId, groupInstanceId = null as string | null } = {},
  ): Asked<SyncAnswer> {
    const asked: Asked<SyncAnswer> = { answer: undefined, timesAnswered: 0 }
    const request = {
      memberId,
      groupInstanceId,
      generationId,
      protocolType: null,
      protocolName: null,
      assignments: Object.entries(assignments).map(([id, text]) => ({
        memberId: id,
        assignment: Buffer.from(text),
      })),
    }
    try {
      sync(this.group, request, (answer) => {
        asked.answer = answer
        asked.timesAnswered++
      })
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      const refused = { protocolType: null, protocolName: null, assignment: Buffer.alloc(0) }
      asked.answer = { error: error.code, ...refused }
    }
    return asked
  }

  heartbeat(
    memberId: string,
    { generationId = this.group.generationId, groupInstanceId = null as string | null } = {},
  ): string {
    return nameOf(() => heartbeat(this.group, { memberId, generationId, groupInstanceId }))
  }

  leave(memberId: string, groupInstanceId: string | null = null): string {
    return leave(this.group, [{ memberId, groupInstanceId }])[0]!
  }

  commit(
    memberId: string,
    generationIdOrMemberEpoch = this.group.generationId,
    groupInstanceId = null,
  ): string {
    return nameOf(() => {
      this.group.admitCommit({ memberId, groupInstanceId, generationIdOrMemberEpoch })
      return 'NONE'
    })
  }

  deletion(): string {
    return nameOf(() => {
      this.group.checkDelete()
      return 'NONE'
    })
  }

  /** A group of so many members that have joined, the first of them the leader; gives their ids. */
  joined(count: number): string[] {
    const first = this.join().answer!.memberId
    if (count === 1) return [first]
    const others = Array.from({ length: count - 1 }, () => this.join())
    this.join(first)
    return [first, ...others.map(({ answer }) => answer!.memberId)]
  }

  /** As joined, with assignments given. */
  stable(count: number): string[] {
    const ids = this.joined(count)
    for (const id of ids.slice(1)) this.sync(id)
    this.sync(ids[0]!, Object.fromEntries(ids.map((id, index) => [id, `part ${index}`])))
    return ids
  }
}

export function nameOf(ask: () => string): string {
  try {
    return ask()
  } catch (error) {
    if (error instanceof KafkaError) return error.code
    throw error
  }
}
