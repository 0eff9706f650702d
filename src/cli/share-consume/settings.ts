import { type ShareSettings, shareSettings } from '../../client/share/share-config.ts'
import { onlyGroup } from '../consume/settings.ts'
import type { Values } from '../option-spec.ts'
import type { ServerNaming, ServerSettings } from '../server-choice.ts'
import type { SHARE_CONSUMER_OPTIONS } from './options.ts'

type Options = Values<typeof SHARE_CONSUMER_OPTIONS>

const DEFAULT_NAME = 'console-share-consumer'

/** Both spellings of what names the cluster. */
export const shareServer = (options: Options): ServerNaming => ({
  bootstrapServer: options.bootstrapServer,
  context: options.context,
  commandConfig: options.commandConfig ?? options.consumerConfig,
  commandProperty: [...options.commandProperty, ...options.consumerProperty],
})

/** The settings of the reader: flags over properties. */
export function shareConsumerSettings(
  options: Options,
  { properties: given, inherited }: Pick<ServerSettings, 'properties' | 'inherited'>,
): ShareSettings {
  const properties = new Map(given)
  const group = onlyGroup([options.group, properties.get('group.id')], 'consumer-config')
  properties.set('group.id', group ?? DEFAULT_NAME)
  if (!properties.has('client.id')) properties.set('client.id', DEFAULT_NAME)
  return shareSettings(properties, inherited)
}
