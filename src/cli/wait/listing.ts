import type { Listing } from '../output/listing.ts'
import type { Waited } from './until.ts'

export interface WaitedFor extends Waited {
  readonly what: string
  /** The name of the topic, of the group, or the offsets; null for brokers. */
  readonly subject: string | null
}

/** One row: what was waited for, and how it stands. The text is empty when the wait was in vain. */
export function waitListing({ what, subject, isMet, found, waitedMs }: WaitedFor): Listing {
  return {
    text: () => (isMet ? `${subject === null ? '' : `${what} ${subject}: `}${found}\n` : ''),
    items: [{ what, subject, isMet, found, waitedMs }],
    columns: ['what', 'subject', 'isMet', 'found', 'waitedMs'],
    names: () => (isMet && subject !== null ? [subject] : []),
  }
}
