import { errorName, KafkaError } from '../../protocol/errors.ts'
import { AddPartitionsToTxn } from '../../protocol/messages/transactions.ts'
import type { Cluster } from '../cluster.ts'
import { requestCoordinator } from '../coordinators.ts'
import { byTopic, partitionName, type TopicPartition } from '../topic-partition.ts'
import type { ProducerIdentity } from './producer-batch.ts'

/** From version 4 on the request is for brokers among themselves. */
const CLIENT_VERSION = 3

/** The partitions of a transaction, which older brokers have to be told of before anything is written to them. */
export class TransactionPartitions {
  readonly #cluster: Cluster
  readonly #transactionalId: string
  readonly #timeoutMs: number
  readonly #added = new Set<string>()
  readonly #wanted = new Map<string, TopicPartition>()
  #isAsking = false
  #asked: Promise<void> = Promise.resolve()

  constructor(cluster: Cluster, transactionalId: string, timeoutMs: number) {
    this.#cluster = cluster
    this.#transactionalId = transactionalId
    this.#timeoutMs = timeoutMs
  }

  get hasAny(): boolean {
    return this.#added.size > 0
  }

  /** Takes down a partition that the broker adds by itself. */
  note(topic: string, partition: number): void {
    this.#added.add(partitionName({ topic, partition }))
  }

  /** Whether the coordinator knows of the partition; if not it is told, and `onOutcome` called when it has answered. */
  includes(
    topic: string,
    partition: number,
    identity: ProducerIdentity,
    onOutcome: (error: Error | null) => void,
  ): boolean {
    const name = partitionName({ topic, partition })
    if (this.#added.has(name)) return true
    this.#wanted.set(name, { topic, partition })
    if (!this.#isAsking) {
      this.#isAsking = true
      // A little later, so that what is wanted at the same time goes into one request.
      this.#asked = Promise.resolve()
        .then(() => this.#add(identity))
        .then(
          () => null,
          (error: Error) => error,
        )
        .then((error) => {
          this.#isAsking = false
          onOutcome(error)
        })
    }
    return false
  }

  /** Resolves when the coordinator has answered all that it was told. */
  settled(): Promise<void> {
    return this.#asked
  }

  clear(): void {
    this.#added.clear()
    this.#wanted.clear()
  }

  async #add({ producerId, producerEpoch }: ProducerIdentity): Promise<void> {
    const wanted = [...this.#wanted.values()]
    this.#wanted.clear()
    const topics = byTopic(wanted, ({ partition }) => partition)
    const answer = await requestCoordinator(
      this.#cluster,
      'transaction',
      this.#transactionalId,
      AddPartitionsToTxn,
      {
        v3AndBelowTransactionalId: this.#transactionalId,
        v3AndBelowProducerId: producerId,
        v3AndBelowProducerEpoch: producerEpoch,
        v3AndBelowTopics: topics,
      },
      { timeoutMs: this.#timeoutMs, maxVersion: CLIENT_VERSION, errorCodeIn: (given) => firstCode(given) },
    )
    const results = answer.resultsByTopicV3AndBelow.flatMap(({ resultsByPartition }) => resultsByPartition)
    if (results.length < wanted.length)
      throw new KafkaError('UNKNOWN_SERVER_ERROR', 'the answer lacks a partition')
    for (const partition of wanted) this.#added.add(partitionName(partition))
  }
}

/** The code that says why; the other partitions were just not attempted. */
function firstCode({
  resultsByTopicV3AndBelow,
}: {
  resultsByTopicV3AndBelow: readonly {
    resultsByPartition: readonly { readonly partitionErrorCode: number }[]
  }[]
}): number {
  const codes = resultsByTopicV3AndBelow
    .flatMap(({ resultsByPartition }) =>
      resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode),
    )
    .filter((code) => code !== 0)
  return codes.find((code) => errorName(code) !== 'OPERATION_NOT_ATTEMPTED') ?? codes[0] ?? 0
}
