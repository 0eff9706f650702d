// The settings of a consumer group: its own, given to the resource GROUP, or the broker's for all groups.
import { RESOURCE_TYPES } from '../metadata/image.ts'
import type { GroupHost } from './group-host.ts'

type ConsumerSetting = 'session.timeout.ms' | 'heartbeat.interval.ms' | 'assignment.interval.ms'

/** The value in force. One that was within the broker's limits when it was given may be outside of them by now. */
export function consumerSetting(
  { image, settings }: GroupHost,
  groupId: string,
  name: ConsumerSetting,
): number {
  const own = image.configsOf(RESOURCE_TYPES.GROUP, groupId).get(`consumer.${name}`)
  if (own === undefined) return settings.number(`group.consumer.${name}`)
  const least = settings.number(`group.consumer.min.${name}`)
  const most = settings.number(`group.consumer.max.${name}`)
  return Math.max(least, Math.min(most, Number(own)))
}
