import { type FetchSettings, fetchSettings } from '../../client/fetch/fetch-config.ts'
import { type GroupSettings, groupSettings } from '../../client/groups/group-config.ts'
import type { Io } from '../io.ts'
import type { Values } from '../option-spec.ts'
import type { ServerNaming } from '../server-choice.ts'
import type { READ_OPTIONS } from './read-options.ts'

type Options = Values<typeof READ_OPTIONS>

export interface MemberSettings {
  readonly fetch: FetchSettings
  readonly group: GroupSettings
}

/** Both spellings of what names the cluster. */
export const readServer = (options: Options): ServerNaming => ({
  bootstrapServer: options.bootstrapServer,
  context: options.context,
  commandConfig: options.commandConfig ?? options['consumer.config'],
  commandProperty: options.commandProperty,
})

/** The settings of the member: what Kafka's tool sets wins over properties. */
export function readSettings(
  options: Options,
  given: ReadonlyMap<string, string>,
  io: Pick<Io, 'randomBytes'>,
): MemberSettings {
  const properties = new Map(given)
  properties.set('group.id', options.group ?? `perf-consumer-${io.randomBytes(4).readUInt32BE() % 100_000}`)
  properties.set('max.partition.fetch.bytes', String(options.fetchSize))
  properties.set('auto.offset.reset', options.fromLatest ? 'latest' : 'earliest')
  properties.set('check.crcs', 'false')
  if (!properties.has('client.id')) properties.set('client.id', 'perf-consumer-client')
  return memberSettings(properties)
}

export const memberSettings = (properties: ReadonlyMap<string, string>): MemberSettings => ({
  fetch: fetchSettings(properties),
  group: groupSettings(properties),
})
