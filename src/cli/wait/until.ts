import type { Cluster } from '../../client/cluster.ts'
import { isRetriable } from '../../client/retry.ts'
import { messageOf } from '../failures.ts'
import type { Condition, Standing } from './conditions.ts'

/** How often is asked. */
const POLL_MS = 100

/** A single question does not use up the whole time: a broker that hangs may be replaced by one that answers. */
export const MAX_ASK_MS = 5000

/** The last question has a chance of an answer; with no time at all the wait is a look. */
const MIN_ASK_MS = 1000

export interface Waited extends Standing {
  readonly waitedMs: number
}

/**
 * Asks until the condition is met or the time is up. A broker that cannot be reached may yet come: that is no failure
 * here; what will not pass, such as a wrong password or a server that is no Kafka broker, is thrown.
 */
export async function waitUntil(cluster: Cluster, condition: Condition, timeoutMs: number): Promise<Waited> {
  const { clock } = cluster
  const startMs = clock.monotonicMs()
  const deadline = cluster.deadline(timeoutMs)
  for (;;) {
    const standing = await ask(
      cluster,
      condition,
      Math.max(MIN_ASK_MS, Math.min(MAX_ASK_MS, deadline.leftMs)),
    )
    if (standing.isMet || deadline.isOver) return { ...standing, waitedMs: clock.monotonicMs() - startMs }
    await cluster.lifetime.sleep(Math.min(POLL_MS, deadline.leftMs))
  }
}

async function ask(cluster: Cluster, condition: Condition, timeoutMs: number): Promise<Standing> {
  try {
    return await cluster.within(cluster.deadline(timeoutMs), condition(cluster, timeoutMs))
  } catch (error) {
    if (!isRetriable(error)) throw error
    return { isMet: false, found: messageOf(error) }
  }
}
