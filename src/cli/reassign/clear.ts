import type { Cluster } from '../../client/cluster.ts'
import type { Context } from '../context.ts'
import type { Target } from './plan-file.ts'
import { clearBrokerThrottles, clearTopicThrottles, throttled } from './throttles.ts'

/** Takes away the throttles of every broker and of the plan's topics: nobody knows which of them had a part in it. */
export async function clearThrottles(
  cluster: Cluster,
  targets: readonly Target[],
  { dryRun }: { readonly dryRun: boolean },
  context: Context,
): Promise<void> {
  const { brokers, topics } = await throttled(cluster, targets)
  const brokerText = `broker-level throttles on broker${brokers.length === 1 ? '' : 's'} ${brokers.join(',')}`
  const topicText = `topic-level throttles on topic${topics.length === 1 ? '' : 's'} ${topics.join(',')}`
  if (dryRun) {
    context.say(`dry run: would clear ${brokerText}`)
    context.say(`dry run: would clear ${topicText}`)
    return
  }
  context.warn(`Clearing ${brokerText}`)
  await clearBrokerThrottles(cluster, brokers)
  context.warn(`Clearing ${topicText}`)
  await clearTopicThrottles(cluster, topics)
}
