import type { Cluster } from '../../client/cluster.ts'
import { requestCoordinator } from '../../client/coordinators.ts'
import { resultOf } from '../../client/groups/coordinated.ts'
import { describeConsumerGroups } from '../../client/groups/description.ts'
import { itemError, KafkaError } from '../../protocol/errors.ts'
import { LeaveGroup } from '../../protocol/messages/classic-groups.ts'
import type { Context } from '../context.ts'
import { Failure } from '../failures.ts'

/** Makes sure that nobody is in the group: members are removed by force alone. */
export async function requireNoMembers(
  cluster: Cluster,
  groupId: string,
  { force, dryRun }: { readonly force: boolean; readonly dryRun: boolean },
  context: Context,
): Promise<void> {
  const results = await describeConsumerGroups(cluster, [groupId], { timeoutMs: 10_000 })
  const { error } = results.get(groupId)!
  if (error instanceof KafkaError && error.code === 'GROUP_ID_NOT_FOUND') return
  const { members } = resultOf(results, groupId)
  if (members.length === 0) return
  if (!force) {
    const told = members.map(({ memberId, clientId, host }) => `${memberId} (${clientId} at ${host})`)
    throw new Failure(
      `ERROR: Consumer group '${groupId}' is still active and has following members: [${told.join(', ')}]. Make sure to stop all running application instances before running the reset tool. You can use option '--force' to remove active members from the group.`,
      { code: 'NON_EMPTY_GROUP' },
    )
  }
  context.warn(`Force deleting all active members in the group: ${groupId}`)
  if (dryRun) return
  const reason = 'removed by streams-application-reset'
  const identities = members.map(({ memberId, instanceId }) =>
    instanceId ? { memberId: '', groupInstanceId: instanceId, reason } : { memberId, reason },
  )
  const answer = await requestCoordinator(cluster, 'group', groupId, LeaveGroup, (version) => {
    if (version < 3) throw new KafkaError('UNSUPPORTED_VERSION', 'the broker cannot remove several members')
    return { groupId, members: identities }
  })
  for (const { errorCode } of answer.members) {
    const refused = itemError({ errorCode })
    if (refused && refused.code !== 'UNKNOWN_MEMBER_ID') throw refused
  }
}
