import { ZERO_UUID } from '../../bytes/uuid.ts'
import { UsageError } from '../failures.ts'
import { topicFailure } from './sentence.ts'

/** A topic id as Kafka writes it; null when none is given, or the one that stands for none. */
export function parseTopicId(text: string | undefined): string | null {
  if (text === undefined || text === ZERO_UUID) return null
  const bytes = Buffer.from(text, 'base64url')
  if (text.length > 24)
    throw badId(
      `Input string with prefix \`${text.slice(0, 24)}\` is too long to be decoded as a base64 UUID`,
    )
  if (bytes.length !== 16) {
    throw badId(
      `Input string \`${text}\` decoded as ${bytes.length} bytes, which is not equal to the expected 16 bytes of a base64-encoded UUID`,
    )
  }
  return bytes.toString('base64url')
}

const badId = (reason: string): UsageError => new UsageError(topicFailure(reason))
