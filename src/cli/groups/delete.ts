import type { Cluster } from '../../client/cluster.ts'
import { answered, failed, type GroupResult } from '../../client/groups/coordinated.ts'
import { deleteGroups as requestDeletion } from '../../client/groups/deletion.ts'
import { describeConsumerGroups } from '../../client/groups/description.ts'
import { KafkaError } from '../../protocol/errors.ts'
import type { Context } from '../context.ts'
import { deletionFailure, deletionListing } from './deletion-listing.ts'

export interface DeleteOptions {
  readonly timeoutMs: number
  readonly dryRun: boolean
}

/** Deletes groups; Failure when one of them stays. */
export async function deleteGroups(
  cluster: Cluster,
  groups: readonly string[],
  { timeoutMs, dryRun }: DeleteOptions,
  context: Context,
): Promise<void> {
  const results = dryRun
    ? await tryDeletion(cluster, groups, timeoutMs)
    : await requestDeletion(cluster, groups, { timeoutMs })
  await context.print(deletionListing(results, { dryRun, kind: 'consumer' }))
  const failure = deletionFailure(results, 'consumer')
  if (failure !== null) throw failure
}

/** What would become of the groups: brokers refuse those that have members or do not exist. */
async function tryDeletion(
  cluster: Cluster,
  groups: readonly string[],
  timeoutMs: number,
): Promise<Map<string, GroupResult<true>>> {
  const descriptions = await describeConsumerGroups(cluster, groups, { timeoutMs })
  const results = new Map<string, GroupResult<true>>()
  for (const [group, { answer, error }] of descriptions) {
    const hasMembers = error === null && answer.members.length > 0
    const reason = hasMembers ? new KafkaError('NON_EMPTY_GROUP') : error
    results.set(group, reason === null ? answered(true) : failed(reason))
  }
  return results
}
