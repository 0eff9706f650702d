import { type ErrorName, KafkaError } from '../../protocol/errors.ts'
import { SettingError } from '../config/setting-error.ts'

/** After these nothing can be done with this producer any more, wherever they come from. */
const FATAL: ReadonlySet<ErrorName> = new Set([
  'CLUSTER_AUTHORIZATION_FAILED',
  'INVALID_PRODUCER_ID_MAPPING',
  'PRODUCER_FENCED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'UNSUPPORTED_VERSION',
])

/** What the coordinator says of the state it keeps is final; a leader may say it of a moment. */
const FATAL_AT_COORDINATOR: ReadonlySet<ErrorName> = new Set([
  ...FATAL,
  'INVALID_PRODUCER_EPOCH',
  'INVALID_TXN_STATE',
  'INVALID_TRANSACTION_TIMEOUT',
])

/** Whether a producer can neither commit nor abort after this. */
export function isFatal(error: unknown, from: 'leader' | 'coordinator' = 'leader'): error is Error {
  if (error instanceof SettingError) return true
  if (!(error instanceof KafkaError)) return false
  return (from === 'leader' ? FATAL : FATAL_AT_COORDINATOR).has(error.code)
}

/** Older coordinators say INVALID_PRODUCER_EPOCH of a producer that another one replaced. */
export function asFatal(error: Error): Error {
  const isFenced = error instanceof KafkaError && error.code === 'INVALID_PRODUCER_EPOCH'
  return isFenced ? new KafkaError('PRODUCER_FENCED', null, { cause: error }) : error
}
