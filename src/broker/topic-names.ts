// Rules for topic names (org.apache.kafka.common.internals.Topic).

const MAX_LENGTH = 249
const LEGAL = /^[a-zA-Z0-9._-]+$/

const INTERNAL: ReadonlySet<string> = new Set([
  '__consumer_offsets',
  '__transaction_state',
  '__share_group_state',
])

/** Whether clients may not write to the topic. */
export const isInternalTopic = (name: string): boolean => INTERNAL.has(name)

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
