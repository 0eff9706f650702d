import { ZERO_UUID } from '../../bytes/uuid.ts'
import { messageOf, UsageError } from '../failures.ts'
import { javaUuid } from '../java/uuid.ts'
import { topicFailure } from './sentence.ts'

/** A topic id as Kafka writes it; null when none is given, or the one that stands for none. */
export function parseTopicId(text: string | undefined): string | null {
  if (text === undefined || text === ZERO_UUID) return null
  try {
    return javaUuid(text)
  } catch (error) {
    throw new UsageError(topicFailure(messageOf(error)))
  }
}
