// What a server.properties file of Kafka's means for `serve`: where to listen and where the data lies; everything
// else is a setting of the broker.
import { UsageError } from '../failures.ts'
import { type Listener, listItems, parseListener } from '../listener-property.ts'

/** Settings that `serve` has options for; an option that was given wins. */
export interface ServerProperties {
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly advertisedHost?: string | undefined
  readonly dataDir?: string | undefined
  readonly nodeId?: number | undefined
}

/** Reads the settings with a meaning for `serve`; throws UsageError for those that cannot be honoured. */
export function readServerProperties(properties: ReadonlyMap<string, string>): ServerProperties {
  const controllers = new Set(listItems(properties.get('controller.listener.names') ?? 'CONTROLLER'))
  const isForClients = ({ name }: Listener) => !controllers.has(name)
  const listeners = parseListeners('listeners', properties).filter(isForClients)
  if (listeners.length > 1) refuse('listeners', properties, 'one listener for clients is supported')
  const [listener] = listeners
  if (listener) checkProtocol(listener, properties)
  const [advertised] = parseListeners('advertised.listeners', properties).filter(isForClients)
  const dirs = listItems(properties.get('log.dirs') ?? properties.get('log.dir'))
  if (dirs.length > 1) refuse('log.dirs', properties, 'one data folder is supported')
  return {
    // An empty host means every address of the machine, as in Kafka.
    host: listener && (listener.host || '0.0.0.0'),
    port: listener?.port,
    advertisedHost: advertised?.host || undefined,
    dataDir: dirs[0],
    nodeId: readNodeId(properties),
  }
}

function readNodeId(properties: ReadonlyMap<string, string>): number | undefined {
  const setting = properties.has('node.id') ? 'node.id' : 'broker.id'
  const text = properties.get(setting)
  if (text === undefined) return undefined
  return /^\d+$/.test(text) ? Number(text) : refuse(setting, properties, 'not a broker id')
}

function parseListeners(setting: string, properties: ReadonlyMap<string, string>): Listener[] {
  return listItems(properties.get(setting)).map(
    (item) => parseListener(item) ?? refuse(setting, properties, `'${item}' is not NAME://host:port`),
  )
}

/** A listener's name is its protocol unless listener.security.protocol.map says otherwise. */
function checkProtocol({ name }: Listener, properties: ReadonlyMap<string, string>): void {
  const map = new Map(
    listItems(properties.get('listener.security.protocol.map')).map(
      (pair) => pair.split(':') as [string, string],
    ),
  )
  const protocol = map.get(name) ?? name
  if (protocol !== 'PLAINTEXT')
    refuse('listeners', properties, `only PLAINTEXT is supported, not ${protocol}`)
}

function refuse(setting: string, properties: ReadonlyMap<string, string>, why: string): never {
  throw new UsageError(`${setting}=${properties.get(setting) ?? ''}: ${why}`)
}
