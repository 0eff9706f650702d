import type { ClusterOptions } from '../cluster.ts'
import { SECURITY_PROPERTIES, securityOf } from '../security/security-properties.ts'
import { pickSettings, property, type SettingsOf } from './properties.ts'
import { int, long, text } from './property-types.ts'

/** Properties that every kind of client has. */
export const COMMON_PROPERTIES = {
  ...SECURITY_PROPERTIES,
  'bootstrap.servers': property(text, ''),
  'client.id': property(text, ''),
  'default.api.timeout.ms': property(int(0), 60_000),
  'metadata.max.age.ms': property(long(0), 300_000),
  'request.timeout.ms': property(int(0), 30_000),
  'retry.backoff.max.ms': property(long(0), 1000),
  'retry.backoff.ms': property(long(0), 100),
  'socket.connection.setup.timeout.ms': property(long(), 10_000),
} as const

export type CommonSettings = SettingsOf<typeof COMMON_PROPERTIES>

/** Settings of a client that has no properties of its own; a file may hold those of others, too. */
export const commonSettings = (properties: ReadonlyMap<string, string>): CommonSettings =>
  pickSettings(COMMON_PROPERTIES, properties)

/** The part of the settings that a Cluster takes. */
export function clusterOptions(settings: CommonSettings): ClusterOptions {
  return {
    bootstrapServers: settings['bootstrap.servers'],
    ...(settings['client.id'] === '' ? {} : { clientId: settings['client.id'] }),
    requestTimeoutMs: settings['request.timeout.ms'],
    defaultApiTimeoutMs: settings['default.api.timeout.ms'],
    connectTimeoutMs: settings['socket.connection.setup.timeout.ms'],
    retryBackoffMs: settings['retry.backoff.ms'],
    retryBackoffMaxMs: settings['retry.backoff.max.ms'],
    metadataMaxAgeMs: settings['metadata.max.age.ms'],
    security: securityOf(settings),
  }
}
