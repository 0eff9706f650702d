import { errorName, KafkaError } from '../protocol/errors.ts'

/** What went wrong with one item of an answer; undefined when nothing did. */
export function itemError(item: {
  readonly errorCode: number
  readonly errorMessage?: string | null
}): KafkaError | undefined {
  if (item.errorCode === 0) return undefined
  return new KafkaError(errorName(item.errorCode), item.errorMessage || null)
}
