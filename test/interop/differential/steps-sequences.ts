import { errorCode } from '../../../src/protocol/errors.ts'
import { Produce } from '../../../src/protocol/messages/produce.ts'
import { InitProducerId } from '../../../src/protocol/messages/transactions.ts'
import { produceTo } from '../../support/partition-requests.ts'
import { batch } from './batches.ts'
import { ask, type Step, topic } from './step.ts'

/** A batch of two records of producer 1000 + `id`. */
const sent = (name: string, id: number, epoch: number, baseSequence: number, values = ['a', 'b']): Step =>
  ask(
    `producer ${id}, epoch ${epoch}, sequence ${baseSequence}: ${name}`,
    Produce,
    produceTo(
      { topic: 'sequences' },
      batch({ producerId: 1000 + id, producerEpoch: epoch, baseSequence, values }),
    ),
    { versions: [12] },
  )

const ids = (name: string, transactionalId: string | null, more: object = {}) =>
  ask(
    name,
    InitProducerId,
    { transactionalId, transactionTimeoutMs: 1000, ...more },
    // Kafka asks its controller for the first ids, and the client to come again.
    { until: ({ errorCode: code }) => code !== errorCode('COORDINATOR_LOAD_IN_PROGRESS') },
  )

const LAST_SEQUENCE = 2147483647

export const sequenceSteps: readonly Step[] = [
  ids('a new producer', null),
  ids('a new producer with a timeout of 0', null, { transactionTimeoutMs: 0 }),
  ids('a transactional id that is empty', ''),
  ...[
    [5, 3],
    [5, -1],
    [-1, 3],
  ].map(([producerId, producerEpoch]) =>
    ask(
      `a producer with id ${producerId} and epoch ${producerEpoch}`,
      InitProducerId,
      {
        transactionalId: null,
        transactionTimeoutMs: 1000,
        producerId: producerId!,
        producerEpoch: producerEpoch!,
      },
      { versions: [3, 4, 5] },
    ),
  ),
  topic('sequences'),
  sent('the first', 1, 0, 0),
  sent('again', 1, 0, 0),
  sent('the next', 1, 0, 2),
  sent('the first again', 1, 0, 0),
  sent('a gap', 1, 0, 6),
  sent('an overlap', 1, 0, 3),
  sent('one record of two', 1, 0, 2, ['a']),
  ...[4, 6, 8, 10, 12].map((sequence) => sent('more', 1, 0, sequence)),
  sent('too old to be remembered', 1, 0, 0),
  sent('the oldest remembered', 1, 0, 4),
  sent('an epoch too high with a sequence that goes on', 1, 1, 14),
  sent('the next epoch', 1, 1, 0),
  sent('an older epoch', 1, 0, 14),
  sent('an older epoch again', 1, 0, 12),
  sent('the next epoch again', 1, 1, 0),
  sent('an unknown producer in the middle', 2, 0, 50),
  sent('after it', 2, 0, 52),
  sent('an unknown producer with a late epoch', 3, 9, 0),
  sent('a negative sequence', 4, 0, -5),
  sent('a negative epoch', 5, -3, 0),
  sent('the last sequence', 6, 0, LAST_SEQUENCE - 1),
  sent('after the last comes 0', 6, 0, 0),
  sent('and 2', 6, 0, 2),
  sent('over the last', 7, 0, LAST_SEQUENCE),
  sent('after it 1', 7, 0, 1),
]
