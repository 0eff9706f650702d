const INTERNAL = new Set(['__consumer_offsets', '__transaction_state', '__share_group_state'])

export const isInternalTopic = (topic: string): boolean => INTERNAL.has(topic)
