import { type FetchSettings, fetchSettings } from '../../client/fetch-config.ts'
import { UsageError } from '../failures.ts'
import { mergedProperties } from '../name-value.ts'
import type { Values } from '../option-spec.ts'
import type { CONSUMER_OPTIONS } from './options.ts'

type Options = Values<typeof CONSUMER_OPTIONS>

/** The settings of the reader: flags over properties, properties over the file. Refuses groups by name. */
export function consumerSettings(options: Options): FetchSettings {
  const properties = mergedProperties(options.commandConfig ?? options['consumer.config'], [
    ...options.commandProperty,
    ...options.consumerProperty,
  ])
  const reset = properties.get('auto.offset.reset')
  if (options.fromBeginning && reset !== undefined && reset !== 'earliest') {
    throw new UsageError(
      `Can't simultaneously specify --from-beginning and 'auto.offset.reset=${reset}', please remove one option`,
    )
  }
  refuseGroups([options.group, properties.get('group.id')])
  if (options.fromBeginning) properties.set('auto.offset.reset', 'earliest')
  // Differs: without the flag Kafka's tool sets read_uncommitted even where a property says otherwise.
  if (options.isolationLevel !== undefined) properties.set('isolation.level', options.isolationLevel)
  if (!properties.has('client.id')) properties.set('client.id', 'console-consumer')
  return fetchSettings(properties)
}

function refuseGroups(given: readonly (string | undefined)[]): void {
  const groups = [...new Set(given.filter((group) => group !== undefined))]
  if (groups.length > 1) {
    const names = groups.map((group) => `'${group}'`).join(', ')
    throw new UsageError(
      `The group ids provided in different places (directly using '--group', via '--consumer-property', or via '--consumer.config') do not match. Detected group ids: ${names}`,
    )
  }
  if (groups.length === 1) {
    throw new UsageError(`--group: this version of ktool cannot read as a member of group '${groups[0]}'`, {
      hint: 'without a group all partitions are read, and no offsets are committed',
    })
  }
}

/** The settings of the formatter. */
export function formatterProperties(options: Options): Map<string, string> {
  const properties = mergedProperties(options.formatterConfig, [
    ...options.formatterProperty,
    ...options.property,
  ])
  if (options.keyDeserializer !== undefined) properties.set('key.deserializer', options.keyDeserializer)
  if (options.valueDeserializer !== undefined) properties.set('value.deserializer', options.valueDeserializer)
  return properties
}
