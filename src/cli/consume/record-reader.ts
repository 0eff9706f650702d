import type { Cluster } from '../../client/cluster.ts'
import { type Deadline, START_MS } from '../../client/deadline.ts'
import type { FetchSettings } from '../../client/fetch/fetch-config.ts'
import type { FetchTarget } from '../../client/fetch/fetch-partition.ts'
import type { FetchedRecords } from '../../client/fetch/fetched-records.ts'
import { Fetcher } from '../../client/fetch/fetcher.ts'
import { type ReadRange, resolveRanges } from '../../client/fetch/read-range.ts'
import { partitionName } from '../../client/topic-partition.ts'
import { Failure } from '../failures.ts'
import type { Selection } from './selection.ts'

/** How often a topic that does not exist is looked for. */
const MISSING_TOPIC_MS = 500

/**
 * Reads all chosen partitions, without a group. Partitions that come into being are found every metadata.max.age.ms
 * and read from their start.
 */
export class RecordReader {
  readonly #cluster: Cluster
  readonly #settings: FetchSettings
  readonly #selection: Selection
  readonly #range: ReadRange
  /** Where to go on in each partition. */
  readonly #targets = new Map<string, FetchTarget>()
  #fetcher: Fetcher | null = null
  #current: FetchedRecords | null = null
  #lookedMs = -Infinity
  #looking: Promise<void> | null = null
  #hasLooked = false
  #isClosed = false

  constructor(cluster: Cluster, settings: FetchSettings, selection: Selection, range: ReadRange) {
    this.#cluster = cluster
    this.#settings = settings
    this.#selection = selection
    this.#range = range
  }

  /** The next records, which may be used until the next call; null when there are none within `timeoutMs`. */
  async next(timeoutMs: number): Promise<FetchedRecords | null> {
    const { clock } = this.#cluster
    this.#passCurrent()
    const starting = this.#hasLooked ? null : this.#cluster.deadline(timeoutMs + START_MS)
    if (starting !== null && !(await this.#hasLookedBy(starting))) return null
    const deadline = this.#cluster.deadline(Math.min(timeoutMs, starting?.leftMs ?? Infinity))
    while (!this.#isClosed && !this.isDone) {
      const intervalMs = this.#fetcher ? this.#settings['metadata.max.age.ms'] : MISSING_TOPIC_MS
      const mayLook = !this.#hasLooked || this.#range.until === undefined
      const isDue = mayLook && clock.monotonicMs() - this.#lookedMs >= intervalMs
      if (isDue && !(await this.#hasLookedBy(deadline))) {
        if (deadline.isOver) return null
        continue
      }
      const untilLookMs = mayLook ? Math.max(0, this.#lookedMs + intervalMs - clock.monotonicMs()) : Infinity
      const records = await this.#wait(Math.min(deadline.leftMs, untilLookMs))
      if (records) {
        this.#current = records
        return records
      }
      if (deadline.isOver) return null
    }
    return null
  }

  /** Brokers that cannot be reached hold nobody up beyond the deadline; the next call goes on waiting for them. */
  async #hasLookedBy(deadline: Deadline): Promise<boolean> {
    this.#looking ??= this.#look()
    if (!(await this.#cluster.lifetime.untilOver(this.#looking, deadline.leftMs))) return false
    const looking = this.#looking
    this.#looking = null
    await looking
    this.#hasLooked = true
    return true
  }

  /** Ends the wait for records, too. */
  close(): void {
    this.#isClosed = true
    this.#fetcher?.close()
    this.#wake()
  }

  #wake = (): void => {}

  async #wait(timeoutMs: number): Promise<FetchedRecords | null> {
    if (this.#fetcher) return await this.#fetcher.next(timeoutMs)
    await new Promise<void>((resolve) => {
      const cancel = this.#cluster.clock.after(timeoutMs, resolve)
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
    return null
  }

  #passCurrent(): void {
    const records = this.#current
    this.#current = null
    if (!records) return
    const { topic, partition } = records
    this.#targets.set(partitionName(records), { topic, partition, from: records.nextOffset })
  }

  /** Whether the brokers have said what there is to read. */
  get hasLooked(): boolean {
    return this.#hasLooked
  }

  /** Whether a bounded read has come to its end. */
  get isDone(): boolean {
    return this.#hasLooked && this.#range.until !== undefined && (this.#fetcher?.isDone ?? true)
  }

  /** Looks for partitions, and goes on with the old and the new ones when there are any new. */
  async #look(): Promise<void> {
    const found = await this.#selection(this.#cluster)
    this.#lookedMs = this.#cluster.clock.monotonicMs()
    const added = found.filter((target) => !this.#targets.has(partitionName(target)))
    if (found.length === 0 && this.#range.until !== undefined)
      throw new Failure('there is no such topic to read')
    if (added.length === 0 || this.#isClosed) return
    // The partitions of a bounded read are those there are at its start.
    // A topic that was not there at first is read from its start as well.
    const range: ReadRange = this.#hasLooked ? { from: 'earliest' } : this.#range
    const isolation = this.#settings['isolation.level']
    for (const target of await resolveRanges(this.#cluster, added, range, isolation)) {
      this.#targets.set(partitionName(target), target)
    }
    this.#fetcher?.close()
    this.#fetcher = new Fetcher(this.#cluster, this.#settings, [...this.#targets.values()])
    if (this.#isClosed) this.#fetcher.close()
  }
}
