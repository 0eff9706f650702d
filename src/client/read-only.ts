// What may be sent to a cluster that must not be changed. This is a list of what is allowed, so that an API nobody
// thought of is refused.

import type { Api } from '../protocol/schema.ts'

const READING: ReadonlySet<string> = new Set([
  'ApiVersions',
  'ConsumerGroupDescribe',
  'DescribeAcls',
  'DescribeClientQuotas',
  'DescribeCluster',
  'DescribeConfigs',
  'DescribeDelegationToken',
  'DescribeGroups',
  'DescribeLogDirs',
  'DescribeProducers',
  'DescribeQuorum',
  'DescribeShareGroupOffsets',
  'DescribeTopicPartitions',
  'DescribeTransactions',
  'DescribeUserScramCredentials',
  'Fetch',
  'FindCoordinator',
  'ListConfigResources',
  'ListGroups',
  'ListOffsets',
  'ListPartitionReassignments',
  'ListTransactions',
  'Metadata',
  'OffsetFetch',
  'OffsetForLeaderEpoch',
  'SaslAuthenticate',
  'SaslHandshake',
  'ShareGroupDescribe',
  'StreamsGroupDescribe',
])

/** APIs that change something unless they are asked only to check: dry runs go on working. */
const VALIDATING: ReadonlySet<string> = new Set([
  'AlterClientQuotas',
  'AlterConfigs',
  'CreatePartitions',
  'CreateTopics',
  'IncrementalAlterConfigs',
  'UpdateFeatures',
])

/** A request that would change a cluster that must not be changed; it was not sent. */
export class ReadOnlyError extends Error {
  override readonly name = 'ReadOnlyError'
  readonly code = 'READ_ONLY'

  constructor(reason: string, api: Api) {
    super(`${reason}: ${api.name} was not sent`)
  }
}

/** Throws where `api` can only change something; `reason` is why that must not be, undefined where it may. */
export function requireReadable(api: Api, reason: string | undefined): void {
  if (reason === undefined || READING.has(api.name) || VALIDATING.has(api.name)) return
  throw new ReadOnlyError(reason, api)
}

/** Throws when this request would change something. */
export function requireReading(api: Api, body: object, reason: string | undefined): void {
  if (reason !== undefined && !isReading(api, body)) throw new ReadOnlyError(reason, api)
}

/** Whether this request changes nothing. */
export function isReading(
  api: Api,
  body: { validateOnly?: unknown; allowAutoTopicCreation?: unknown },
): boolean {
  if (VALIDATING.has(api.name)) return body.validateOnly === true
  // Asking for a topic creates it where nothing is said against that.
  if (api.name === 'Metadata') return body.allowAutoTopicCreation === false
  return READING.has(api.name)
}
