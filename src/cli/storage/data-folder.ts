import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseProperties } from '../properties/java-properties.ts'

export const META_PROPERTIES = 'meta.properties'

/** What is in the place of a data folder. */
export type FolderState = 'missing' | 'file' | 'unformatted' | 'formatted'

export function folderState(directory: string): FolderState {
  const found = statSync(directory, { throwIfNoEntry: false })
  if (!found) return 'missing'
  if (!found.isDirectory()) return 'file'
  return statSync(join(directory, META_PROPERTIES), { throwIfNoEntry: false }) ? 'formatted' : 'unformatted'
}

/** meta.properties as `storage` looks at it: with the versions that Kafka reads, whatever else it says. */
export interface FolderIdentity {
  readonly version: number
  readonly clusterId: string | undefined
  readonly nodeId: string | undefined
  /** All that Kafka shows, by name. */
  readonly properties: ReadonlyMap<string, string>
}

const KNOWN_VERSIONS = [0, 1]
const SHOWN = ['broker.id', 'cluster.id', 'directory.id', 'node.id', 'version']

/** Reads the identity of a formatted folder; throws Error in Kafka's words when it makes no sense. */
export function readIdentity(directory: string): FolderIdentity {
  const properties = parseProperties(readFileSync(join(directory, META_PROPERTIES), 'utf8'))
  const text = properties.get('version') ?? '0'
  const version = Number(text)
  if (!KNOWN_VERSIONS.includes(version)) throw new Error(`Unknown meta.properties version number ${text}`)
  if (version === 1) {
    for (const name of ['cluster.id', 'node.id']) {
      if (!properties.has(name)) throw new Error(`${name} was not found.`)
    }
  }
  const shown = SHOWN.filter((name) => name === 'version' || properties.has(name))
  return {
    version,
    clusterId: properties.get('cluster.id'),
    nodeId: version === 0 ? properties.get('broker.id') : properties.get('node.id'),
    properties: new Map(shown.map((name) => [name, properties.get(name) ?? text])),
  }
}
