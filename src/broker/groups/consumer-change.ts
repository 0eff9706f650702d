// What can happen to a consumer group: each change is one record of __consumer_offsets. A group changes itself in no
// other way, so that reading the log gives the same group again.

import type { Int64 } from '../../bytes/int64.ts'
import type { Assignment } from './assignment.ts'
import type { MemberOwnership, MemberProfile } from './consumer-member.ts'

/** Topics that a regular expression matches. */
export interface ResolvedRegex {
  readonly topics: ReadonlySet<string>
  /** The offset of the metadata that was looked at, and when. */
  readonly version: Int64
  readonly timestamp: Int64
}

/** One change; a value of null deletes. */
export type ConsumerChange =
  | { readonly of: 'group'; readonly value: { readonly epoch: number; readonly metadataHash: Int64 } | null }
  | { readonly of: 'profile'; readonly memberId: string; readonly value: MemberProfile | null }
  | { readonly of: 'ownership'; readonly memberId: string; readonly value: MemberOwnership | null }
  | { readonly of: 'target'; readonly memberId: string; readonly value: Assignment | null }
  | {
      readonly of: 'assignment'
      readonly value: { readonly epoch: number; readonly timestamp: Int64 } | null
    }
  | { readonly of: 'regex'; readonly regex: string; readonly value: ResolvedRegex | null }
  /** Kafka 4.0 kept the partitions of topics in a record that is deleted now; whether there is one. */
  | { readonly of: 'partitions'; readonly value: true | null }

/** In this order, as replaying a later one expects the earlier ones. */
export const removal = (memberId: string): ConsumerChange[] => [
  { of: 'ownership', memberId, value: null },
  { of: 'target', memberId, value: null },
  { of: 'profile', memberId, value: null },
]
