import { ZERO_UUID } from '../../bytes/uuid.ts'
import type { Cluster } from '../../client/cluster.ts'
import { itemError, type KafkaError } from '../../protocol/errors.ts'
import { DeleteTopics } from '../../protocol/messages/topics.ts'
import { throwFailures } from '../failures.ts'

/** Deletes topics by name; those that can be deleted are, whatever becomes of the others. */
export async function removeTopics(cluster: Cluster, names: readonly string[]): Promise<void> {
  throwFailures([...(await tryToRemoveTopics(cluster, names)).values()])
}

/** Deletes topics by name; gives what went wrong, by topic. */
export async function tryToRemoveTopics(
  cluster: Cluster,
  names: readonly string[],
  { timeoutMs }: { readonly timeoutMs?: number } = {},
): Promise<Map<string, KafkaError>> {
  if (names.length === 0) return new Map()
  const answer = await cluster.request(
    DeleteTopics,
    (version) => ({
      ...(version >= 6
        ? { topics: names.map((name) => ({ name, topicId: ZERO_UUID })) }
        : { topicNames: [...names] }),
      timeoutMs: timeoutMs ?? cluster.requestTimeoutMs,
    }),
    { node: 'controller', timeoutMs },
  )
  return new Map(
    answer.responses.flatMap((response) => {
      const error = itemError(response)
      return error ? [[response.name ?? '', error] as const] : []
    }),
  )
}
