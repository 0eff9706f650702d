import { join } from 'node:path'
import { listItems, parseListener } from '../../kafka/listener-property.ts'
import { Failure, messageOf } from '../failures.ts'
import { folderState, META_PROPERTIES, readIdentity } from '../storage/data-folder.ts'

/** A controller as its server.properties and its metadata folder describe it. */
export interface NewController {
  readonly id: number
  readonly directoryId: string
  readonly endpoints: readonly { readonly name: string; readonly host: string; readonly port: number }[]
}

type Properties = ReadonlyMap<string, string>

const isWrong = (reason: string): Failure =>
  new Failure(`${reason} Is this a valid controller configuration file?`)

/** Reads a controller's own configuration; Failure in Kafka's words where it is none. */
export function readController(properties: Properties): NewController {
  const id = nodeId(properties)
  return {
    id,
    directoryId: directoryIdIn(metadataDirectory(properties)),
    endpoints: controllerEndpoints(properties),
  }
}

function nodeId(properties: Properties): number {
  const text = properties.get('node.id')
  if (text === undefined) throw isWrong('node.id not found in configuration file.')
  if (!/^[+-]?\d{1,10}$/.test(text)) throw new Failure(`For input string: "${text}"`)
  if (Number(text) < 0) throw isWrong('node.id was negative in configuration file.')
  if (!properties.get('process.roles')?.includes('controller')) {
    throw isWrong("process.roles did not contain 'controller' in configuration file.")
  }
  return Number(text)
}

function metadataDirectory(properties: Properties): string {
  const directory = properties.get('metadata.log.dir') ?? properties.get('log.dirs')?.trim().split(',')[0]
  if (directory === undefined) throw isWrong('Neither metadata.log.dir nor log.dirs were found.')
  return directory
}

function directoryIdIn(directory: string): string {
  if (folderState(directory) !== 'formatted') {
    throw new Failure(`Unable to read meta.properties from ${directory}`)
  }
  try {
    const id = readIdentity(directory).properties.get('directory.id')
    if (id !== undefined) return id
  } catch (error) {
    throw new Failure(`Error loading ${join(directory, META_PROPERTIES)}: ${messageOf(error)}`, {
      cause: error,
    })
  }
  throw new Failure(`No directory id found in ${directory}`)
}

function controllerEndpoints(properties: Properties): NewController['endpoints'] {
  const listeners = new Map(
    ['listeners', 'advertised.listeners']
      .flatMap((name) => listItems(properties.get(name)))
      .map((text) => {
        const listener = parseListener(text)
        if (listener === null) throw new Failure(`Unable to parse ${text} to a broker endpoint`)
        return [listener.name.toUpperCase(), listener] as const
      }),
  )
  const names = properties.get('controller.listener.names')
  if (names === undefined) throw isWrong('controller.listener.names was not found.')
  return names.split(',').map((text) => {
    const name = text.trim().toUpperCase()
    const listener = listeners.get(name)
    if (listener === undefined) {
      throw new Failure(`Cannot find information about controller listener name: ${name}`)
    }
    return { name, host: listener.host || 'localhost', port: listener.port }
  })
}
