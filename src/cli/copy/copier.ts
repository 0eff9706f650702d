import { type Int64, maxInt64 } from '../../bytes/int64.ts'
import type { FetchSettings } from '../../client/fetch/fetch-config.ts'
import { Fetcher } from '../../client/fetch/fetcher.ts'
import { Interrupted } from '../../client/lifetime.ts'
import { Producer } from '../../client/produce/producer.ts'
import type { ProducerSettings } from '../../client/produce/producer-config.ts'
import { currentRecord } from '../records/current-record.ts'
import { AckTracker } from './ack-tracker.ts'
import type { PartitionState } from './copy-state.ts'
import type { Side } from './sides.ts'

export interface CopyRange extends PartitionState {
  /** The first offset of the source that is not copied. */
  readonly until: Int64
}

export interface CopierOptions {
  readonly from: Side
  readonly to: Side
  readonly ranges: readonly CopyRange[]
  readonly fetch: FetchSettings
  readonly produce: ProducerSettings
  /** Records go where their key says, not to the partition they come from. */
  readonly byKey: boolean
  /** Is told, about once a second and at the end, how far everything is acknowledged. */
  readonly onCheckpoint: (states: PartitionState[]) => void
}

export interface CopyProgress {
  readonly acknowledged: number
  readonly next: Int64
}

const CHECKPOINT_MS = 1000

/** Small records take much more memory than the bytes that buffer.memory limits. */
const MAX_IN_FLIGHT = 50_000

/** Copies ranges of partitions: keys, values, headers and timestamps as they are, in order within each partition. */
export class Copier {
  readonly #options: CopierOptions
  readonly #trackers: Map<number, AckTracker>
  readonly #fetcher: Fetcher
  #isStopped = false
  /** Records that are sent and whose outcome is not known. */
  #inFlight = 0
  #resume = (): void => {}

  constructor(options: CopierOptions) {
    this.#options = options
    const { from, fetch, ranges } = options
    this.#trackers = new Map(
      ranges.map((range) => [range.partition, new AckTracker(range, () => this.#settled())]),
    )
    const targets = ranges.map(({ partition, next, until }) => ({
      topic: from.topic,
      partition,
      from: next,
      until,
    }))
    this.#fetcher = new Fetcher(from.cluster, fetch, targets)
  }

  /** What has been acknowledged of each partition, and up to where without a gap. */
  progress(): Map<number, CopyProgress> {
    return new Map(
      [...this.#trackers].map(([partition, { acknowledged, next }]) => [partition, { acknowledged, next }]),
    )
  }

  /** Ends the copy before its end; what has been read is still sent. */
  stop(): void {
    this.#isStopped = true
    this.#resume()
    this.#fetcher.close()
  }

  /** Rejects with what stopped it; where it stands is noted first. */
  async run(): Promise<void> {
    const { to, produce, onCheckpoint } = this.#options
    const producer = await Producer.create(to.cluster, produce)
    let error: Error | null = null
    try {
      await producer.prepare(to.topic)
      await this.#send(producer)
    } catch (thrown) {
      if (!(thrown instanceof Error)) throw thrown
      if (!(thrown instanceof Interrupted)) error = thrown
    }
    await producer.close()
    const failure = error ?? this.#failure()
    if (failure === null && !this.#isStopped) this.#passEnds()
    onCheckpoint(this.#states())
    if (failure !== null) throw failure
  }

  async #send(producer: Producer): Promise<void> {
    const { to, byKey, onCheckpoint } = this.#options
    const { clock } = to.cluster
    let checkpointMs = clock.monotonicMs()
    for (let records = await this.#fetcher.next(); records !== null; records = await this.#fetcher.next()) {
      const tracker = this.#trackers.get(records.partition)!
      const partition = byKey ? undefined : records.partition
      let hasRoom = true
      while (!this.#isStopped && records.next()) {
        const { key, value, headers, timestamp, offset } = currentRecord(records)
        const onDelivery = tracker.send(offset)
        this.#inFlight++
        hasRoom = producer.append(to.topic, key, value, headers, timestamp, partition, onDelivery)
        if (this.#inFlight < MAX_IN_FLIGHT) continue
        await this.#fewInFlight()
        if (this.#failure()) break
      }
      if (!hasRoom) await producer.room()
      const failure = this.#failure()
      if (failure) throw failure
      if (clock.monotonicMs() - checkpointMs < CHECKPOINT_MS) continue
      checkpointMs = clock.monotonicMs()
      onCheckpoint(this.#states())
    }
  }

  #settled(): void {
    if (--this.#inFlight <= MAX_IN_FLIGHT / 2) this.#resume()
  }

  #fewInFlight(): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = resolve
    })
  }

  #failure(): Error | null {
    for (const { failure } of this.#trackers.values()) if (failure) return failure
    return null
  }

  /** Behind the last record there may be markers and holes, which are not looked at again. */
  #passEnds(): void {
    for (const { partition, until } of this.#options.ranges) {
      const tracker = this.#trackers.get(partition)!
      tracker.next = maxInt64(tracker.next, until)
    }
  }

  #states(): PartitionState[] {
    return [...this.#trackers.values()].map(({ partition, next, end }) => ({ partition, next, end }))
  }
}
