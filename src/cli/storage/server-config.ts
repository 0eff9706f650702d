import { listItems, parseListener } from '../../kafka/listener-property.ts'
import { Failure } from '../failures.ts'

/** What formatting needs to know of a server.properties file. */
export interface ServerConfig {
  readonly nodeId: number
  readonly roles: readonly string[]
  /** In order, each once. */
  readonly directories: readonly string[]
  readonly metadataDirectory: string
  readonly controllerListenerName: string
  /** Where the controller is reached, if this node is one. */
  readonly controllerEndpoint: { readonly host: string; readonly port: number } | null
  readonly hasStaticVoters: boolean
}

type Properties = ReadonlyMap<string, string>

/** Reads the settings; Failure in Kafka's words where one is missing. */
export function readServerConfig(properties: Properties): ServerConfig {
  const roles = listItems(need(properties, 'process.roles'))
  const unknown = roles.find((role) => role !== 'broker' && role !== 'controller')
  if (unknown !== undefined || roles.length === 0) {
    throw new Failure(
      `Invalid value ${unknown ?? ''} for configuration process.roles: String must be one of: broker, controller`,
    )
  }
  const [controllerListenerName] = listItems(need(properties, 'controller.listener.names'))
  const logDirectories = listItems(
    properties.get('log.dirs') ?? properties.get('log.dir') ?? '/tmp/kafka-logs',
  )
  const metadataDirectory = properties.get('metadata.log.dir') ?? logDirectories[0]!
  return {
    nodeId: nodeIdOf(need(properties, 'node.id')),
    roles,
    directories: [...new Set([...logDirectories, metadataDirectory])].sort(),
    metadataDirectory,
    controllerListenerName: controllerListenerName ?? '',
    controllerEndpoint: endpointOf(properties, controllerListenerName),
    hasStaticVoters: listItems(properties.get('controller.quorum.voters')).length > 0,
  }
}

function need(properties: Properties, name: string): string {
  const value = properties.get(name)
  if (value === undefined) {
    throw new Failure(`Missing required configuration "${name}" which has no default value.`)
  }
  return value
}

function nodeIdOf(text: string): number {
  if (/^\d{1,9}$/.test(text.trim())) return Number(text)
  throw new Failure(`Invalid value ${text} for configuration node.id: Not a number of type INT of at least 0`)
}

function endpointOf(properties: Properties, name: string | undefined): ServerConfig['controllerEndpoint'] {
  const listeners = [
    ...listItems(properties.get('advertised.listeners')),
    ...listItems(properties.get('listeners')),
  ]
  const found = listeners
    .map(parseListener)
    .find((listener) => listener?.name.toUpperCase() === name?.toUpperCase())
  // Java takes an empty host for any address, and the voters then name this machine.
  return found ? { host: found.host || 'localhost', port: found.port } : null
}
