import { ZERO_UUID } from '../../bytes/uuid.ts'
import type { Cluster } from '../../client/cluster.ts'
import { itemError } from '../../protocol/errors.ts'
import { DeleteTopics } from '../../protocol/messages/topics.ts'
import { throwFailures } from '../failures.ts'

/** Deletes topics by name; those that can be deleted are, whatever becomes of the others. */
export async function removeTopics(cluster: Cluster, names: readonly string[]): Promise<void> {
  const answer = await cluster.request(
    DeleteTopics,
    (version) => ({
      ...(version >= 6
        ? { topics: names.map((name) => ({ name, topicId: ZERO_UUID })) }
        : { topicNames: [...names] }),
      timeoutMs: cluster.requestTimeoutMs,
    }),
    { node: 'controller' },
  )
  throwFailures(answer.responses.flatMap((result) => itemError(result) ?? []))
}
