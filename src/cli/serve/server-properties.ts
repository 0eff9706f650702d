// What a server.properties file of Kafka's means for `serve`: where to listen and where the data lies; everything
// else is a setting of the broker.
import type { Listener as BrokerListener } from '../../broker/endpoints.ts'
import { UsageError } from '../failures.ts'
import { type Listener, listItems, parseListener } from '../properties/listener-property.ts'

/** Settings that `serve` has options for; an option that was given wins. */
export interface ServerProperties {
  /** The listeners for clients, in the order of the file; none when it says nothing of them. */
  readonly listeners: readonly BrokerListener[]
  readonly dataDir?: string | undefined
  readonly nodeId?: number | undefined
}

/** Reads the settings with a meaning for `serve`; throws UsageError for those that cannot be honoured. */
export function readServerProperties(properties: ReadonlyMap<string, string>): ServerProperties {
  const dirs = listItems(properties.get('log.dirs') ?? properties.get('log.dir'))
  if (dirs.length > 1) refuse('log.dirs', properties, 'one data folder is supported')
  return { listeners: readListeners(properties), dataDir: dirs[0], nodeId: readNodeId(properties) }
}

function readListeners(properties: ReadonlyMap<string, string>): BrokerListener[] {
  const controllers = new Set(listItems(properties.get('controller.listener.names') ?? 'CONTROLLER'))
  const isForClients = ({ name }: Listener) => !controllers.has(name)
  const listeners = parseListeners('listeners', properties).filter(isForClients)
  const names = new Set(listeners.map(({ name }) => name))
  if (names.size < listeners.length) refuse('listeners', properties, 'each listener needs a name of its own')
  const advertised = parseListeners('advertised.listeners', properties).filter(isForClients)
  const stranger = advertised.find(({ name }) => !names.has(name))
  if (stranger && names.size > 0) {
    refuse('advertised.listeners', properties, `'${stranger.name}' is not among the listeners`)
  }
  for (const listener of listeners) checkProtocol(listener, properties)
  return listeners.map(({ name, host, port }) => {
    const shown = advertised.find((each) => each.name === name)
    return {
      name,
      // An empty host means every address of the machine, as in Kafka.
      host: host || '0.0.0.0',
      port,
      advertisedHost: shown?.host || undefined,
      // A port that the system chooses is not known before; whoever writes 0 twice wants that one told.
      advertisedPort: shown && shown.port !== 0 ? shown.port : undefined,
    }
  })
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
