// Topics that the broker keeps for itself: created when a client first needs them, and repaired at the start when they
// were created as ordinary topics. Earlier versions did that for clients which asked for them by name: with one partition
// and a retention of a week, which removes committed offsets.

import { createTopic } from './auto-create.ts'
import { CONFIG_OPERATIONS } from './config/config-change.ts'
import { listItems } from './config/setting-type.ts'
import { toKafkaError } from './failures.ts'
import { OFFSETS_TOPIC } from './groups/offsets-partition.ts'
import { planConfigChanges } from './metadata/alter-configs.ts'
import { planMorePartitions } from './metadata/create-partitions.ts'
import { RESOURCE_TYPES, type TopicState } from './metadata/image.ts'
import { internalTopicDefaults, type TopicDefaults } from './metadata/internal-topics.ts'
import type { Services } from './services.ts'

const CLEANUP_POLICY = 'cleanup.policy'

type Keeper = Pick<Services, 'controller' | 'image' | 'logs' | 'logger'>

/** The topic that holds the state of groups: the leader of a group's partition is its coordinator. */
export function offsetsTopic(services: Services): TopicState {
  if (!services.image.topics.has(OFFSETS_TOPIC)) createTopic(services, { name: OFFSETS_TOPIC })
  return services.image.topics.get(OFFSETS_TOPIC)!
}

/**
 * Gives internal topics that were created as ordinary ones their own settings and partitions, with a warning each.
 * Called before their logs are read: the coordinator of groups then moves what is in the wrong partition.
 */
export function repairInternalTopics(keeper: Keeper): void {
  for (const topic of [...keeper.image.topics.values()]) {
    try {
      repair(topic, keeper)
    } catch (error) {
      const { message } = toKafkaError(error, keeper.logger, `repairing ${topic.name}`)
      keeper.logger.warn(
        `repairing the settings of ${topic.name} failed: ${message}; the next start tries again`,
      )
    }
  }
}

function repair(topic: TopicState, { controller, image, logs, logger }: Keeper): void {
  const { name } = topic
  const defaults = internalTopicDefaults(name, controller.config, controller.replicas.liveNodes().length)
  if (!defaults) return
  const own = image.configsOf(RESOURCE_TYPES.TOPIC, name)
  const policy = own.get(CLEANUP_POLICY)
  const missing = Object.entries(defaults.configs).filter(([setting]) =>
    policy === undefined ? !own.has(setting) : setting === CLEANUP_POLICY && losesRecords(policy, defaults),
  )
  if (missing.length === 0) return
  const changes = missing.map(([setting, value]) => ({
    name: setting,
    operation: CONFIG_OPERATIONS.SET,
    value,
  }))
  const records = planConfigChanges({ type: RESOURCE_TYPES.TOPIC, name }, changes, controller)
  const count = topic.partitions.length
  // With a policy that was chosen, the number of partitions was chosen, too.
  const isTooSmall = policy === undefined && count < defaults.partitions
  const isEmpty = topic.partitions.every(({ partition }) => logs.get(name, partition)?.endOffset === 0)
  const mayGrow = isTooSmall && (name === OFFSETS_TOPIC || isEmpty)
  if (mayGrow)
    records.push(...planMorePartitions({ name, count: defaults.partitions, assignments: null }, controller))
  controller.commit(records)
  const settings = missing.map(([setting, value]) => `${setting}=${value}`).join(', ')
  const partitions = mayGrow
    ? `, ${defaults.partitions} partitions instead of ${count}`
    : isTooSmall
      ? `; its number of partitions is still ${count}, since it holds records`
      : ''
  logger.warn(
    `${name} was created with the settings of an ordinary topic; it has now ${settings}${partitions}`,
  )
}

/** Whether records go with their age although the topic is to keep the last one of each key. */
const losesRecords = (policy: string, { configs }: TopicDefaults): boolean =>
  configs[CLEANUP_POLICY] === 'compact' && !listItems(policy).includes('compact')
