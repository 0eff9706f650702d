import { errorCode } from '../../protocol/errors.ts'
import { InitProducerId } from '../../protocol/messages/transactions.ts'
import { handle } from '../handle.ts'

const refusal = (code: number) => ({ errorCode: code, producerId: -1, producerEpoch: -1 })

/** Ids for idempotent producers; a new one each time, as in Kafka. */
export const initProducerId = handle(InitProducerId, {
  answersBriefly: true,
  run(request, { broker }) {
    if (request.transactionalId === '') return refusal(errorCode('INVALID_REQUEST'))
    if (request.transactionalId !== null) return refusal(errorCode('UNSUPPORTED_VERSION'))
    const namesId = request.producerId !== -1
    const namesEpoch = request.producerEpoch !== -1
    if (namesId !== namesEpoch) return refusal(errorCode('INVALID_REQUEST'))
    return { errorCode: 0, producerId: broker.producerIds.next(), producerEpoch: 0 }
  },
  refuse: ({ code }) => refusal(errorCode(code)),
})
