// Rules for topic names (org.apache.kafka.common.internals.Topic).

const MAX_LENGTH = 249
const LEGAL = /^[a-zA-Z0-9._-]+$/

const INTERNAL = ['__consumer_offsets', '__transaction_state', '__share_group_state'] as const

/** The topics that the broker keeps for itself. */
export type InternalTopicName = (typeof INTERNAL)[number]

/** Whether the broker keeps the topic for itself: clients may not write to it. */
export const isInternalTopic = (name: string): name is InternalTopicName =>
  (INTERNAL as readonly string[]).includes(name)

/** Why the name is not allowed, in Kafka's words; null when it is. */
export function checkTopicName(name: string): string | null {
  if (name === '') return 'Topic name is invalid: the empty string is not allowed'
  if (name === '.') return "Topic name is invalid: '.' is not allowed"
  if (name === '..') return "Topic name is invalid: '..' is not allowed"
  if (name.length > MAX_LENGTH) {
    return `Topic name is invalid: the length of '${name}' is longer than the max allowed length ${MAX_LENGTH}`
  }
  if (!LEGAL.test(name)) {
    return `Topic name is invalid: '${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`
  }
  return null
}

/** The name as it counts for collisions: metrics cannot tell a period from an underscore. */
export const collisionName = (name: string): string => name.replaceAll('.', '_')
