import { type FetchSettings, fetchSettings } from '../../client/fetch/fetch-config.ts'
import { type GroupSettings, groupSettings } from '../../client/groups/group-config.ts'
import { UsageError } from '../failures.ts'
import type { Values } from '../option-spec.ts'
import { mergedProperties } from '../properties/name-value.ts'
import type { ServerNaming, ServerSettings } from '../server-choice.ts'
import type { CONSUMER_OPTIONS } from './options.ts'

type Options = Values<typeof CONSUMER_OPTIONS>

export interface ConsumerSettings {
  readonly fetch: FetchSettings
  /** Null when partitions are read without a group. */
  readonly group: GroupSettings | null
}

/** Both spellings of what names the cluster. */
export const consumerServer = (options: Options): ServerNaming => ({
  bootstrapServer: options.bootstrapServer,
  context: options.context,
  commandConfig: options.commandConfig ?? options['consumer.config'],
  commandProperty: [...options.commandProperty, ...options.consumerProperty],
})

/** The settings of the reader: flags over properties. */
export function consumerSettings(
  options: Options,
  { properties: given }: Pick<ServerSettings, 'properties'>,
): ConsumerSettings {
  const properties = new Map(given)
  const reset = properties.get('auto.offset.reset')
  if (options.fromBeginning && reset !== undefined && reset !== 'earliest') {
    throw new UsageError(
      `Can't simultaneously specify --from-beginning and 'auto.offset.reset=${reset}', please remove one option`,
    )
  }
  const groupId = onlyGroup([options.group, properties.get('group.id')], 'consumer.config')
  if (groupId !== undefined) properties.set('group.id', groupId)
  if (options.fromBeginning) properties.set('auto.offset.reset', 'earliest')
  // Differs: without the flag Kafka's tool sets read_uncommitted even where a property says otherwise.
  if (options.isolationLevel !== undefined) properties.set('isolation.level', options.isolationLevel)
  if (!properties.has('client.id')) properties.set('client.id', 'console-consumer')
  const isMember = groupId !== undefined && options.partition === undefined
  for (const place of ['from', 'until'] as const) {
    if (!isMember || options[place] === undefined) continue
    throw new UsageError(`--${place} and --group cannot be given together: a group goes on where it was`)
  }
  return { fetch: fetchSettings(properties), group: isMember ? groupSettings(properties) : null }
}

/** The one group that is named, in however many places; `fileOption` is the older spelling of --command-config. */
export function onlyGroup(
  given: readonly (string | undefined)[],
  fileOption: 'consumer.config' | 'consumer-config',
): string | undefined {
  const groups = [...new Set(given.filter((group) => group !== undefined))]
  if (groups.length > 1) {
    const names = groups.map((group) => `'${group}'`).join(', ')
    throw new UsageError(
      `The group ids provided in different places (directly using '--group', via '--consumer-property', or via '--${fileOption}') do not match. Detected group ids: ${names}`,
    )
  }
  return groups[0]
}

type FormatterOptions = Pick<
  Options,
  'formatterConfig' | 'formatterProperty' | 'property' | 'keyDeserializer' | 'valueDeserializer'
>

/** The settings of the formatter. */
export function formatterProperties(options: FormatterOptions): Map<string, string> {
  const properties = mergedProperties(options.formatterConfig, [
    ...options.formatterProperty,
    ...options.property,
  ])
  if (options.keyDeserializer !== undefined) properties.set('key.deserializer', options.keyDeserializer)
  if (options.valueDeserializer !== undefined) properties.set('value.deserializer', options.valueDeserializer)
  return properties
}
