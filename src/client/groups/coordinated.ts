import { itemError, KafkaError } from '../../protocol/errors.ts'
import { FindCoordinator } from '../../protocol/messages/metadata.ts'
import type { Cluster } from '../cluster.ts'
import type { Deadline } from '../deadline.ts'
import { backoffMs, isRetriable } from '../retry.ts'

/** What became of one group: an answer, or why there is none. */
export type GroupResult<A> =
  | { readonly answer: A; readonly error: null }
  | { readonly answer: null; readonly error: Error }

export const failed = (error: Error): GroupResult<never> => ({ answer: null, error })
export const answered = <A>(answer: A): GroupResult<A> => ({ answer, error: null })

/** The answer of one group; throws what went wrong with it. */
export function resultOf<A>(results: ReadonlyMap<string, GroupResult<A>>, group: string): A {
  const result = results.get(group) ?? failed(MISSING)
  if (result.error !== null) throw result.error
  return result.answer
}

/** The groups that answered. */
export function answersOf<A>(results: ReadonlyMap<string, GroupResult<A>>): A[] {
  return [...results.values()].flatMap((result) => (result.error === null ? [result.answer] : []))
}

/** What went wrong with the others. */
export function failuresOf(results: ReadonlyMap<string, GroupResult<unknown>>): Error[] {
  return [...results.values()].flatMap(({ error }) => (error === null ? [] : [error]))
}

/** Asks one coordinator for some of its groups, all in one request where the API can do that. */
export type AskCoordinator<A> = (
  node: number,
  groups: readonly string[],
  deadline: Deadline,
) => Promise<Map<string, GroupResult<A>>>

/** Groups in one request: enough to make round trips rare, few enough that an answer stays a few megabytes. */
const BATCH_SIZE = 200

const GROUP_KEY_TYPE = 0

/**
 * Asks the coordinator of each group, all coordinators at once, and again for groups whose coordinator moved or is
 * not ready. What fails, fails for its group alone.
 */
export async function askCoordinators<A>(
  cluster: Cluster,
  groups: readonly string[],
  ask: AskCoordinator<A>,
  options: { readonly timeoutMs?: number | undefined } = {},
): Promise<Map<string, GroupResult<A>>> {
  const deadline = cluster.deadline(options.timeoutMs)
  // Nobody at a wrong address is no failure of each group, and not tried again until the time is up.
  await cluster.reach(deadline)
  const results = new Map<string, GroupResult<A>>()
  let left = [...new Set(groups)]
  for (let round = 1; left.length > 0; round++) {
    for (const [group, result] of await askOnce(cluster, left, ask, deadline)) results.set(group, result)
    left = left.filter((group) => isRetriable(results.get(group)?.error))
    const waitMs = backoffMs(round, cluster, cluster.random)
    if (left.length === 0 || waitMs >= deadline.leftMs) break
    await cluster.lifetime.sleep(waitMs)
  }
  return results
}

async function askOnce<A>(
  cluster: Cluster,
  groups: readonly string[],
  ask: AskCoordinator<A>,
  deadline: Deadline,
): Promise<Map<string, GroupResult<A>>> {
  const results = new Map<string, GroupResult<A>>()
  const byNode = new Map<number, string[]>()
  for (const [group, found] of await findCoordinators(cluster, groups, deadline)) {
    if (found.error !== null) results.set(group, found)
    else if (!byNode.get(found.answer)?.push(group)) byNode.set(found.answer, [group])
  }
  const asking = [...byNode].flatMap(([node, ofNode]) =>
    batched(ofNode).map(async (batch) => {
      const answers = await guarded(batch, () => cluster.within(deadline, ask(node, batch, deadline)))
      for (const group of batch) results.set(group, answers.get(group) ?? failed(MISSING))
    }),
  )
  await Promise.all(asking)
  return results
}

const MISSING = new KafkaError('UNKNOWN_SERVER_ERROR', 'the answer lacks a group')

function batched(groups: readonly string[]): string[][] {
  const batches: string[][] = []
  for (let at = 0; at < groups.length; at += BATCH_SIZE) batches.push(groups.slice(at, at + BATCH_SIZE))
  return batches
}

/** A request that fails as a whole fails for each of its groups. */
async function guarded<A>(
  groups: readonly string[],
  ask: () => Promise<Map<string, GroupResult<A>>>,
): Promise<Map<string, GroupResult<A>>> {
  try {
    return await ask()
  } catch (error) {
    if (!isRetriable(error) && !(error instanceof KafkaError)) throw error
    return new Map(groups.map((group) => [group, failed(error)]))
  }
}

async function findCoordinators(
  cluster: Cluster,
  groups: readonly string[],
  deadline: Deadline,
): Promise<Map<string, GroupResult<number>>> {
  const found = new Map<string, GroupResult<number>>()
  const findOne = async (group: string): Promise<void> => {
    const answers = await guarded([group], () => askWho(cluster, [group], deadline))
    found.set(group, answers.get(group) ?? failed(MISSING))
  }
  const [first, ...rest] = batched(groups)
  // Whether many may be asked for at once is known once the first was tried.
  const answers = await guarded<number>(first!, () => askWho(cluster, first!, deadline))
  if (isTooOld(answers)) {
    await Promise.all(groups.map(findOne))
    return found
  }
  const others = await Promise.all(
    rest.map((batch) => guarded<number>(batch, () => askWho(cluster, batch, deadline))),
  )
  return new Map([answers, ...others].flatMap((map) => [...map]))
}

function isTooOld(answers: ReadonlyMap<string, GroupResult<number>>): boolean {
  const [first] = answers.values()
  return first?.error instanceof KafkaError && first.error.code === 'UNSUPPORTED_VERSION'
}

async function askWho(
  cluster: Cluster,
  keys: readonly string[],
  deadline: Deadline,
): Promise<Map<string, GroupResult<number>>> {
  const answer = await cluster.retrying(deadline, () =>
    cluster.requestOnce(
      FindCoordinator,
      (version) => {
        if (version >= 4) return { keyType: GROUP_KEY_TYPE, coordinatorKeys: [...keys] }
        if (keys.length > 1) throw new KafkaError('UNSUPPORTED_VERSION')
        return { keyType: GROUP_KEY_TYPE, key: keys[0]! }
      },
      { node: 'any', deadline },
    ),
  )
  const coordinators = answer.coordinators.length > 0 ? answer.coordinators : [{ ...answer, key: keys[0]! }]
  return new Map(
    coordinators.map(({ key, nodeId, errorCode, errorMessage }) => {
      const error = itemError({ errorCode, errorMessage })
      return [key, error ? failed(error) : answered(nodeId)]
    }),
  )
}
