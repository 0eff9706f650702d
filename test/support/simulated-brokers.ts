// Brokers that share the logs of a PartitionTwin and are reached over connections without sockets: everything takes
// the time that the seed says, on a clock that only the simulation moves.

import type { Clock } from '../../src/client/clock.ts'
import type { Cluster } from '../../src/client/cluster.ts'
import { Lifetime } from '../../src/client/lifetime.ts'
import type { TopicMetadata } from '../../src/client/metadata.ts'
import { ConnectionError } from '../../src/client/wire/connection-error.ts'
import { type ErrorName, errorCode } from '../../src/protocol/errors.ts'
import { Produce } from '../../src/protocol/messages/produce.ts'
import type { DecodedRequestOf } from '../../src/protocol/schema.ts'
import type { PartitionTwin } from './partition-twin.ts'
import { randomInteger } from './random.ts'

/** Time that goes on to the next thing due once nothing is left to do. */
export class SimulatedClock implements Clock {
  #nowMs = 1_000_000
  #wallOffsetMs = 1_700_000_000_000
  #tasks: { dueMs: number; run: () => void }[] = []

  now(): number {
    return this.#nowMs + this.#wallOffsetMs
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  /** Sets the wall clock, without any time passing. */
  jump(ms: number): void {
    this.#wallOffsetMs += ms
  }

  after(delayMs: number, run: () => void): () => void {
    // Whole milliseconds, as timers have.
    const task = { dueMs: Math.ceil(this.#nowMs + delayMs), run }
    let at = this.#tasks.length
    while (at > 0 && this.#tasks[at - 1]!.dueMs > task.dueMs) at--
    this.#tasks.splice(at, 0, task)
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== task)
    }
  }

  /** Lets time pass until `promise` is settled; fails when nothing is left that could settle it. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false
    const settle = () => {
      isSettled = true
    }
    promise.then(settle, settle)
    for (let steps = 0; ; steps++) {
      if (steps > 100_000) throw new Error(`no end at ${this.#nowMs}`)
      await new Promise((resolve) => setImmediate(resolve))
      if (isSettled) return await promise
      const next = this.#tasks.shift()
      if (next === undefined) throw new Error('nothing is left to wait for')
      this.#nowMs = Math.max(this.#nowMs, next.dueMs)
      next.run()
    }
  }

  sleep(ms: number): Promise<void> {
    return this.until(new Promise((resolve) => this.after(ms, resolve)))
  }
}

type ProduceRequest = DecodedRequestOf<typeof Produce>

/** How likely each thing is to go wrong with a request. */
export interface Faults {
  /** The connection breaks; what the broker had received by then it may still work on. */
  readonly hangUp: number
  /** The broker takes longer than the client waits. */
  readonly stall: number
  /** A partition gets another leader, before or after the broker wrote a batch. */
  readonly move: number
  /** A batch is answered with an error that passes, before it is written. */
  readonly refuse: number
  /** A batch is answered with an error that passes, after it was written. */
  readonly written: number
}

export const NO_FAULTS: Faults = { hangUp: 0, stall: 0, move: 0, refuse: 0, written: 0 }

const BEFORE: ErrorName[] = ['NOT_ENOUGH_REPLICAS', 'KAFKA_STORAGE_ERROR', 'UNKNOWN_TOPIC_OR_PARTITION']
const AFTER: ErrorName[] = ['REQUEST_TIMED_OUT', 'NOT_LEADER_OR_FOLLOWER', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND']

export class SimulatedBrokers {
  readonly clock = new SimulatedClock()
  readonly twin: PartitionTwin
  readonly leaders: number[]
  readonly requestTimeoutMs: number
  faults: Faults = NO_FAULTS
  readonly #random: () => number
  readonly #connections = new Map<number, SimulatedConnection>()
  #identities = 0

  constructor(twin: PartitionTwin, random: () => number, requestTimeoutMs: number) {
    this.twin = twin
    this.leaders = twin.batches.map(() => 1)
    this.requestTimeoutMs = requestTimeoutMs
    this.#random = random
  }

  /** What a producer needs of a cluster. */
  cluster(): Cluster {
    const { clock, requestTimeoutMs } = this
    const lifetime = new Lifetime(clock)
    const cluster = {
      clock,
      random: this.#random,
      requestTimeoutMs,
      retryBackoffMs: 100,
      retryBackoffMaxMs: 1000,
      topics: async () => {
        await this.#delay(1, 20)
        return new Map([['orders', this.#metadata()]])
      },
      connectionTo: (node: number) => this.#connect(node),
      connections: {
        any: async () => ({
          request: async () => {
            await this.#delay(1, 20)
            return { errorCode: 0, producerId: 1000 + this.#identities++, producerEpoch: 0 }
          },
        }),
      },
      lifetime,
      notice: () => {},
      deadline: (timeoutMs = 60_000) => lifetime.deadline(timeoutMs),
    }
    return cluster as unknown as Cluster
  }

  chance(probability: number): boolean {
    return probability > 0 && this.#random() < probability
  }

  integer(from: number, to: number): number {
    return randomInteger(this.#random, from, to)
  }

  /** What one broker answers to a request. */
  answer(node: number, request: ProduceRequest) {
    return {
      responses: request.topicData.map(({ name, topicId, partitionData }) => ({
        name,
        topicId,
        partitionResponses: partitionData.map(({ index, records }) => this.#produce(node, index, records!)),
      })),
    }
  }

  #produce(node: number, partition: number, records: Buffer) {
    const { move, refuse, written } = this.faults
    const refusal = (code: ErrorName) => ({
      index: partition,
      errorCode: errorCode(code),
      baseOffset: -1,
      recordErrors: [],
    })
    if (this.chance(move)) this.leaders[partition] = this.integer(-1, 3) || -1
    if (this.leaders[partition] !== node) return refusal('NOT_LEADER_OR_FOLLOWER')
    if (this.chance(refuse)) return refusal(BEFORE[this.integer(0, BEFORE.length)]!)
    const answer = this.twin.produce(partition, records)
    if (answer.errorCode !== 0 || !this.chance(written)) return answer
    return refusal(AFTER[this.integer(0, AFTER.length)]!)
  }

  #metadata(): TopicMetadata {
    // A leader that is missed comes back sooner or later.
    this.leaders.forEach((leader, i) => {
      if (leader < 0 && this.#random() < 0.3) this.leaders[i] = this.integer(1, 3)
    })
    const partitions = this.leaders.map((leader, partition) => ({
      partition,
      leader: this.chance(this.faults.move * 5) ? this.integer(1, 3) : leader,
      leaderEpoch: 0,
      replicas: [1, 2],
      isr: [1, 2],
      offlineReplicas: [],
      error: 'NONE' as const,
    }))
    return { name: 'orders', topicId: 'AAAAAAAAAAAAAAAAAAAAAQ', isInternal: false, error: 'NONE', partitions }
  }

  async #connect(node: number): Promise<SimulatedConnection> {
    await this.#delay(1, 20)
    const known = this.#connections.get(node)
    if (known?.isOpen) return known
    if (this.chance(this.faults.hangUp)) throw new ConnectionError('unreachable', `node-${node}`, 'refused')
    const connection = new SimulatedConnection(this, node)
    this.#connections.set(node, connection)
    return connection
  }

  #delay(from: number, to: number): Promise<void> {
    return new Promise((resolve) => this.clock.after(this.integer(from, to), resolve))
  }
}

interface Pending {
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
}

/** Requests are worked on one after the other; those that had arrived go on when the client has hung up. */
class SimulatedConnection {
  readonly #brokers: SimulatedBrokers
  readonly #node: number
  readonly #pending: Pending[] = []
  #failure: ConnectionError | null = null
  /** When the broker is done with all it was sent. */
  #busyUntilMs = 0
  /** Requests that had not arrived when the connection broke never will. */
  #arrivedUntilMs = Infinity
  readonly unsentBytes = 0

  constructor(brokers: SimulatedBrokers, node: number) {
    this.#brokers = brokers
    this.#node = node
  }

  get isOpen(): boolean {
    return this.#failure === null
  }

  version(): number {
    return Produce.maxVersion
  }

  request(_: unknown, sent: ProduceRequest, { timeoutMs }: { timeoutMs: number }): Promise<unknown> {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    const { clock, faults } = this.#brokers
    // The client stamps a batch anew in place, and what is on its way does not change.
    const request = structuredCopy(sent)
    return new Promise((resolve, reject) => {
      const pending = { resolve, reject }
      this.#pending.push(pending)
      const arrivesMs = clock.monotonicMs() + this.#brokers.integer(1, 10)
      const workMs = this.#brokers.chance(faults.stall)
        ? this.#brokers.integer(timeoutMs / 2, timeoutMs * 2)
        : this.#brokers.integer(0, 15)
      this.#busyUntilMs = Math.max(this.#busyUntilMs, arrivesMs) + workMs
      clock.after(this.#busyUntilMs - clock.monotonicMs(), () => this.#work(request, pending, arrivesMs))
      clock.after(timeoutMs, () => {
        if (this.#pending.includes(pending)) this.#fail('timed-out')
      })
    })
  }

  #work(request: ProduceRequest, pending: Pending, arrivesMs: number): void {
    const { clock, faults } = this.#brokers
    if (arrivesMs > this.#arrivedUntilMs) return
    if (this.#brokers.chance(faults.hangUp)) this.#fail('closed')
    const answer = this.#brokers.answer(this.#node, request)
    if (this.#brokers.chance(faults.hangUp)) this.#fail('closed')
    clock.after(this.#brokers.integer(1, 3), () => {
      if (this.#pending[0] !== pending) return
      this.#pending.shift()
      pending.resolve(answer)
    })
  }

  #fail(failure: 'closed' | 'timed-out'): void {
    if (this.#failure !== null) return
    const nowMs = this.#brokers.clock.monotonicMs()
    // What is under way gets lost, or only the news of it.
    this.#arrivedUntilMs = this.#brokers.chance(0.5) ? nowMs : nowMs - this.#brokers.integer(0, 20)
    this.#failure = new ConnectionError(failure, `node-${this.#node}`, 'broken')
    for (const { reject } of this.#pending.splice(0)) reject(this.#failure)
  }
}

const structuredCopy = (request: ProduceRequest): ProduceRequest => ({
  ...request,
  topicData: request.topicData.map((topic) => ({
    ...topic,
    partitionData: topic.partitionData.map(({ index, records }) => ({
      index,
      records: Buffer.from(records!),
    })),
  })),
})
