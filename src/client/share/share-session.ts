import { checkError, itemError, KafkaError } from '../../protocol/errors.ts'
import { ShareAcknowledge, ShareFetch } from '../../protocol/messages/share-groups.ts'
import type { DecodedResponseOf } from '../../protocol/schema.ts'
import { loadCodec } from '../../records/compression.ts'
import type { Cluster } from '../cluster.ts'
import { surveyBatches } from '../fetch/fetched-records.ts'
import { partitionName } from '../topic-partition.ts'
import type { Acknowledgements } from './acknowledgements.ts'
import type { ShareSettings } from './share-config.ts'
import { byTopicId, type SharePartition, shareKey } from './share-partition.ts'
import { ShareRecords } from './share-records.ts'

const FINAL_EPOCH = -1
const MAX_EPOCH = 2 ** 31 - 1

export interface ShareSessionOptions {
  readonly settings: ShareSettings
  readonly memberId: string
  /** Told of acknowledgements that did not arrive: their records come again. */
  readonly onAcknowledgeFailure: (error: Error) => void
}

export interface ShareFetched {
  readonly records: readonly ShareRecords[]
  /** What this broker does not lead, or does not know. */
  readonly moved: readonly SharePartition[]
}

/**
 * What one broker remembers of a member: the partitions to fetch, of which only changes are sent, and which records
 * it has. Acknowledgements travel with the next fetch.
 */
export class ShareSession {
  readonly nodeId: number
  readonly #cluster: Cluster
  readonly #options: ShareSessionOptions
  /** 0 asks for a new session. */
  #epoch = 0
  #wanted = new Map<string, SharePartition>()
  /** What the broker has in its session. */
  readonly #known = new Map<string, SharePartition>()
  readonly #pending = new Map<string, { partition: SharePartition; acknowledgements: Acknowledgements }>()

  constructor(cluster: Cluster, nodeId: number, options: ShareSessionOptions) {
    this.#cluster = cluster
    this.nodeId = nodeId
    this.#options = options
  }

  /** Fetches these from now on, and nothing else. */
  want(partitions: readonly SharePartition[]): void {
    this.#wanted = new Map(partitions.map((partition) => [shareKey(partition), partition]))
  }

  get hasWork(): boolean {
    return this.#wanted.size > 0 || this.#known.size > 0 || this.#pending.size > 0
  }

  get topics(): Set<string> {
    return new Set([...this.#wanted.values()].map(({ topic }) => topic))
  }

  acknowledge(partition: SharePartition, acknowledgements: Acknowledgements): void {
    if (acknowledgements.isEmpty) return
    const key = shareKey(partition)
    const pending = this.#pending.get(key)
    if (pending) pending.acknowledgements.addAll(acknowledgements)
    else this.#pending.set(key, { partition, acknowledgements })
  }

  /** Acquires records, waiting for them as long as the settings say. Rejects when the session is over. */
  async fetch(): Promise<ShareFetched> {
    const { settings, memberId } = this.#options
    const isNew = this.#epoch === 0
    // A new session knows of no records that could be acknowledged.
    if (isNew) this.#drop(new KafkaError('SHARE_SESSION_NOT_FOUND'))
    const sent = new Map(this.#pending)
    const added = [...this.#wanted].filter(([key]) => !this.#known.has(key))
    const forgotten = [...this.#known].filter(([key]) => !this.#wanted.has(key) && !sent.has(key))
    const named = new Map([...added, ...[...sent].map(([key, { partition }]) => [key, partition] as const)])
    try {
      const connection = await this.#cluster.connectionTo(this.nodeId, 'fetch')
      const answer = await connection.request(
        ShareFetch,
        {
          groupId: settings['group.id'],
          memberId,
          shareSessionEpoch: this.#epoch,
          maxWaitMs: settings['fetch.max.wait.ms'],
          minBytes: settings['fetch.min.bytes'],
          maxBytes: settings['fetch.max.bytes'],
          maxRecords: settings['max.poll.records'],
          batchSize: settings['max.poll.records'],
          shareAcquireMode: settings['share.acquire.mode'] === 'record_limit' ? 1 : 0,
          topics: byTopicId(named.values(), (partition) => ({
            partitionIndex: partition.partition,
            acknowledgementBatches: sent.get(shareKey(partition))?.acknowledgements.batches() ?? [],
          })),
          forgottenTopicsData: byTopicId(
            forgotten.map(([, partition]) => partition),
            ({ partition }) => partition,
          ),
        },
        {
          timeoutMs: settings['fetch.max.wait.ms'] + this.#cluster.requestTimeoutMs,
          heldMs: settings['fetch.max.wait.ms'],
        },
      )
      checkError(answer.errorCode, answer.errorMessage)
      this.#passEpoch()
      for (const [key, partition] of added) this.#known.set(key, partition)
      for (const [key] of forgotten) this.#known.delete(key)
      for (const key of sent.keys()) this.#pending.delete(key)
      return await this.#read(answer)
    } catch (error) {
      this.#forget(error instanceof Error ? error : new Error(String(error)))
      throw error
    }
  }

  /** Sends what is acknowledged; the broker gives all other records of this member to whoever asks next. */
  async close(): Promise<void> {
    if (this.#epoch === 0) this.#drop(new KafkaError('SHARE_SESSION_NOT_FOUND'))
    else await this.#sendAcknowledged(FINAL_EPOCH)
  }

  /** Sends what is acknowledged and keeps all other records; not while a fetch is under way. */
  async flush(): Promise<void> {
    if (this.#epoch === 0 || this.#pending.size === 0) return
    const epoch = this.#epoch
    await this.#sendAcknowledged(epoch)
    if (this.#epoch === epoch) this.#passEpoch()
  }

  async #sendAcknowledged(shareSessionEpoch: number): Promise<void> {
    const { settings, memberId } = this.#options
    const pending = [...this.#pending.values()]
    try {
      const connection = await this.#cluster.connectionTo(this.nodeId, 'fetch')
      const answer = await connection.request(ShareAcknowledge, {
        groupId: settings['group.id'],
        memberId,
        shareSessionEpoch,
        topics: byTopicId(
          pending.map(({ partition }) => partition),
          (partition) => ({
            partitionIndex: partition.partition,
            acknowledgementBatches: this.#pending.get(shareKey(partition))!.acknowledgements.batches(),
          }),
        ),
      })
      checkError(answer.errorCode, answer.errorMessage)
      this.#pending.clear()
      const named = this.#namer(pending.map(({ partition }) => partition))
      for (const { topicId, partitions } of answer.responses) {
        for (const found of partitions) this.#tell(named(topicId, found.partitionIndex), itemError(found))
      }
    } catch (error) {
      this.#forget(error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** What is acknowledged will not be sent. */
  abandon(error: Error): void {
    this.#drop(error)
  }

  async #read({ responses }: DecodedResponseOf<typeof ShareFetch>): Promise<ShareFetched> {
    const records: ShareRecords[] = []
    const moved: SharePartition[] = []
    const named = this.#namer(this.#known.values())
    for (const { topicId, partitions } of responses) {
      for (const found of partitions) {
        const partition = named(topicId, found.partitionIndex)
        if (partition === undefined) continue
        const { acknowledgeErrorCode: errorCode, acknowledgeErrorMessage: errorMessage } = found
        this.#tell(partition, itemError({ errorCode, errorMessage }))
        const error = itemError(found)
        if (error !== undefined) {
          if (!MOVED.has(error.code) && !error.retriable) throw error
          this.#known.delete(shareKey(partition))
          moved.push(partition)
        } else if (found.acquiredRecords.length > 0) {
          const bytes = found.records ?? Buffer.alloc(0)
          for (const id of surveyBatches(bytes, 0).codecIds) await loadCodec(id)
          const { acquiredRecords } = found
          records.push(
            new ShareRecords(partition, bytes, acquiredRecords, this.#options.settings['check.crcs']),
          )
        }
      }
    }
    return { records, moved }
  }

  #passEpoch(): void {
    this.#epoch = this.#epoch === MAX_EPOCH ? 1 : this.#epoch + 1
  }

  #namer(partitions: Iterable<SharePartition>) {
    const found = new Map([...partitions].map((each) => [`${each.topicId} ${each.partition}`, each]))
    return (topicId: string, partition: number) => found.get(`${topicId} ${partition}`)
  }

  /** The broker knows nothing of this member any more, or may not. */
  #forget(error: Error): void {
    this.#epoch = 0
    this.#known.clear()
    this.#drop(error)
  }

  #drop(error: Error): void {
    for (const { partition } of this.#pending.values()) this.#tell(partition, error)
    this.#pending.clear()
  }

  #tell(partition: SharePartition | undefined, error: Error | undefined): void {
    if (partition === undefined || error === undefined) return
    const reason = `${partitionName(partition)}: ${error.message}`
    this.#options.onAcknowledgeFailure(new Error(reason, { cause: error }))
  }
}

/** Errors of a partition for which another broker is to be asked. */
const MOVED: ReadonlySet<string> = new Set([
  'NOT_LEADER_OR_FOLLOWER',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_TOPIC_ID',
  'UNKNOWN_TOPIC_OR_PARTITION',
])
