import type { ErrorName } from '../../protocol/errors.ts'
import type { Clock } from '../clock.ts'
import { Deadline } from './deadline.ts'

export interface MemberProtocol {
  readonly name: string
  readonly metadata: Buffer
}

/** The answer to a JoinGroup. */
export interface JoinAnswer {
  readonly error: ErrorName
  readonly memberId: string
  readonly generationId: number
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly leader: string
  readonly skipAssignment: boolean
  /** Everyone, for the leader to assign to; empty for the others. */
  readonly members: readonly {
    readonly memberId: string
    readonly groupInstanceId: string | null
    readonly metadata: Buffer
  }[]
}

/** The answer to a SyncGroup. */
export interface SyncAnswer {
  readonly error: ErrorName
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly assignment: Buffer
}

export const NO_ASSIGNMENT = Buffer.alloc(0)

export const refusedJoin = (error: ErrorName, memberId: string): JoinAnswer => ({
  error,
  memberId,
  generationId: -1,
  protocolType: null,
  protocolName: null,
  leader: '',
  skipAssignment: false,
  members: [],
})

export const refusedSync = (error: ErrorName): SyncAnswer => ({
  error,
  protocolType: null,
  protocolName: null,
  assignment: NO_ASSIGNMENT,
})

export interface MemberOptions {
  readonly id: string
  readonly instanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly rebalanceTimeoutMs: number
  readonly sessionTimeoutMs: number
  readonly protocols: readonly MemberProtocol[]
  readonly assignment?: Buffer
}

/** A member of a classic group. */
export class ClassicMember {
  readonly id: string
  /** The group.instance.id of a static member. */
  readonly instanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly session: Deadline
  rebalanceTimeoutMs: number
  sessionTimeoutMs: number
  protocols: readonly MemberProtocol[]
  assignment: Buffer
  /** Until its first JoinGroup is answered; it cannot send heartbeats before. */
  isNew = false
  /** Answers the JoinGroup or SyncGroup that waits; null when none does. */
  join: ((answer: JoinAnswer) => void) | null = null
  sync: ((answer: SyncAnswer) => void) | null = null

  constructor(clock: Clock, options: MemberOptions) {
    this.id = options.id
    this.instanceId = options.instanceId
    this.clientId = options.clientId
    this.clientHost = options.clientHost
    this.rebalanceTimeoutMs = options.rebalanceTimeoutMs
    this.sessionTimeoutMs = options.sessionTimeoutMs
    this.protocols = options.protocols
    this.assignment = options.assignment ?? NO_ASSIGNMENT
    this.session = new Deadline(clock)
  }

  get isStatic(): boolean {
    return this.instanceId !== null
  }

  /** Who waits for an answer shows signs of life by that, unless it is new: then nobody may be left to read it. */
  get isExcused(): boolean {
    return !this.isNew && (this.join !== null || this.sync !== null)
  }

  answerJoin(answer: JoinAnswer): void {
    const waiting = this.join
    this.join = null
    waiting?.(answer)
  }

  answerSync(answer: SyncAnswer): void {
    const waiting = this.sync
    this.sync = null
    waiting?.(answer)
  }

  supports(protocol: string): boolean {
    return this.protocols.some(({ name }) => name === protocol)
  }

  /** What it said of itself under a protocol; empty for one that it does not support. */
  metadata(protocol: string): Buffer {
    return this.protocols.find(({ name }) => name === protocol)?.metadata ?? NO_ASSIGNMENT
  }

  /** Whether it still says the same of itself. */
  matches(protocols: readonly MemberProtocol[]): boolean {
    return (
      protocols.length === this.protocols.length &&
      protocols.every(({ name, metadata }, index) => {
        const own = this.protocols[index]!
        return own.name === name && own.metadata.equals(metadata)
      })
    )
  }
}
