import type { Cluster } from '../../client/cluster.ts'
import { answersOf } from '../../client/groups/coordinated.ts'
import { describeStreamsGroups } from '../../client/groups/streams-groups.ts'
import { KafkaError } from '../../protocol/errors.ts'
import type { Context } from '../context.ts'
import { Failure, throwFailures } from '../failures.ts'
import type { DeleteOptions } from '../groups/delete.ts'
import { deleteListedGroups } from '../groups/delete-listed.ts'
import { deletionFailure, deletionListing } from '../groups/deletion-listing.ts'
import { tryToRemoveTopics } from '../topics/remove.ts'
import { internalTopicsOf } from './internal-topics.ts'

/** Deletes groups, and the topics they made for themselves if that is wished; Failure when some of it stays. */
export async function deleteGroups(
  cluster: Cluster,
  groups: readonly string[],
  { timeoutMs, dryRun, withInternalTopics }: DeleteOptions & { readonly withInternalTopics: boolean },
  context: Context,
): Promise<void> {
  const failures: Error[] = []
  const describe = () => describeStreamsGroups(cluster, groups, { timeoutMs })
  // Nobody can tell them once the groups are gone.
  const descriptions = withInternalTopics && groups.length > 0 ? answersOf(await describe()) : []
  const results = await deleteListedGroups(cluster, 'streams', groups, { timeoutMs, dryRun })
  await context.print(deletionListing(results, { dryRun, kind: 'streams' }))
  const failure = deletionFailure(results, 'streams')
  if (failure !== null) failures.push(failure)
  const gone = descriptions.filter(({ groupId }) => results.get(groupId)?.error === null)
  const deleted: string[] = []
  for (const group of gone) {
    const names = internalTopicsOf(group, (topic) => failures.push(new Failure(kept(topic, group.groupId))))
    if (dryRun)
      context.say(`Would delete the internal topics of the group '${group.groupId}': ${names.join(', ')}`)
    const [first] = dryRun ? [] : (await tryToRemoveTopics(cluster, names, { timeoutMs })).values()
    if (first === undefined) deleted.push(group.groupId)
    else failures.push(topicFailure(group.groupId, first))
  }
  if (!dryRun && deleted.length > 0) {
    context.warn(
      `Deletion of associated internal topics of the streams groups ('${deleted.join("', '")}') was successful.`,
    )
  }
  throwFailures(failures)
}

const topicFailure = (group: string, error: Error): Failure =>
  new Failure(
    `Deletion of some associated internal topics failed:\n* Internal topics of the streams group '${group}' could not be deleted due to: ${error.message}`,
    { code: error instanceof KafkaError ? error.code : undefined },
  )

const kept = (topic: string, group: string): string =>
  `Error: The internal topic '${topic}' is not inferred as internal and thus will not be deleted with the group '${group}'.`
