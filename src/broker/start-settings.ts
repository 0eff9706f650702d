// Where a broker listens, where its data is and which id it has can be given as options and as settings under Kafka's
// names. Here they become one: an option that contradicts a setting is an error.

import { resolve } from 'node:path'
import { type ListenerProperty, listItems, parseListener } from '../kafka/listener-property.ts'
import { ConfigError } from './config/config-error.ts'
import { DEFAULT_LISTENER, type Listener } from './endpoints.ts'

/** What can be given both ways. */
export interface PlaceOptions {
  readonly dataDir?: string | undefined
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly nodeId?: number | undefined
  readonly advertisedHost?: string | undefined
  readonly advertisedPort?: number | undefined
  readonly listeners?: readonly Listener[] | undefined
}

export interface Place {
  readonly listeners: readonly Listener[]
  /** An absolute path; undefined for a temporary folder. */
  readonly dataDir: string | undefined
  readonly nodeId: number
}

type Settings = ReadonlyMap<string, string>

/** Throws ConfigError for settings that cannot be honoured, and for options that contradict them. */
export function readPlace(options: PlaceOptions, settings: Settings): Place {
  return {
    listeners: readListeners(options, settings),
    dataDir: readDataDir(options, settings),
    nodeId: readNodeId(options, settings),
  }
}

function readDataDir({ dataDir }: PlaceOptions, settings: Settings): string | undefined {
  const setting = settings.has('log.dirs') ? 'log.dirs' : 'log.dir'
  const folders = listItems(settings.get(setting))
  if (folders.length > 1) refuse(setting, settings, 'one data folder is supported')
  const [folder] = folders
  if (folder === undefined) return dataDir === undefined ? undefined : resolve(dataDir)
  if (dataDir !== undefined && resolve(dataDir) !== resolve(folder)) {
    contradict('data folder', dataDir, setting, settings)
  }
  return resolve(folder)
}

function readNodeId({ nodeId }: PlaceOptions, settings: Settings): number {
  const given = ['node.id', 'broker.id'].filter((setting) => settings.has(setting))
  for (const setting of given) {
    const text = settings.get(setting)!
    if (!/^\d+$/.test(text) || Number(text) > 0x7fff_ffff) refuse(setting, settings, 'not a broker id')
    if (nodeId !== undefined && Number(text) !== nodeId) contradict('broker id', nodeId, setting, settings)
  }
  const [first = '', second = first] = given.map((setting) => settings.get(setting)!)
  if (first !== second) refuse('broker.id', settings, `it contradicts node.id=${first}`)
  return nodeId ?? (first === '' ? 1 : Number(first))
}

function readListeners(options: PlaceOptions, settings: Settings): readonly Listener[] {
  const { host, port, advertisedHost, advertisedPort } = options
  if (options.listeners !== undefined) {
    for (const setting of ['listeners', 'advertised.listeners']) {
      if (settings.has(setting)) contradict('listeners', 'of the options', setting, settings)
    }
    return options.listeners
  }
  const listeners = settings.has('listeners')
    ? boundListeners(options, settings)
    : [{ name: DEFAULT_LISTENER, host: host ?? '127.0.0.1', port: port ?? 0 }]
  const advertised = clientListeners('advertised.listeners', settings)
  const stranger = advertised.find(({ name }) => !listeners.some((each) => each.name === name))
  if (stranger) refuse('advertised.listeners', settings, `'${stranger.name}' is not among the listeners`)
  if (advertisedHost === undefined && advertisedPort === undefined) {
    return listeners.map((listener) => ({ ...listener, ...advertisedAs(listener, advertised) }))
  }
  const given = `${advertisedHost ?? ''}${advertisedPort === undefined ? '' : `:${advertisedPort}`}`
  if (advertised.length > 0) contradict('advertised address', given, 'advertised.listeners', settings)
  const [only] = listeners
  if (only === undefined || listeners.length > 1) {
    refuse('listeners', settings, `the advertised address '${given}' is for one listener`)
  }
  return [{ ...only, advertisedHost, advertisedPort }]
}

/** The listeners of the settings; an option may repeat what the only one says. */
function boundListeners({ host, port }: PlaceOptions, settings: Settings): Listener[] {
  const listeners = clientListeners('listeners', settings).map((listener) => ({
    ...listener,
    // Kafka takes an empty host for every address of the machine.
    host: listener.host || '0.0.0.0',
  }))
  if (listeners.length === 0) refuse('listeners', settings, 'there is no listener for clients')
  if (new Set(listeners.map(({ name }) => name)).size < listeners.length) {
    refuse('listeners', settings, 'each listener needs another name')
  }
  for (const { name } of listeners) checkProtocol(name, settings)
  const isSaid = (part: 'host' | 'port', value: string | number) =>
    listeners.length === 1 && listeners[0]![part] === value
  if (port !== undefined && !isSaid('port', port)) contradict('port', port, 'listeners', settings)
  if (host !== undefined && !isSaid('host', host)) contradict('host', host, 'listeners', settings)
  return listeners
}

function advertisedAs({ name }: Listener, advertised: readonly ListenerProperty[]): Partial<Listener> {
  const shown = advertised.find((each) => each.name === name)
  if (shown === undefined) return {}
  // The port that 0 stands for is the one that is listened on.
  return { advertisedHost: shown.host || undefined, advertisedPort: shown.port || undefined }
}

function clientListeners(setting: string, settings: Settings): ListenerProperty[] {
  const controllers = new Set(listItems(settings.get('controller.listener.names') ?? 'CONTROLLER'))
  return listItems(settings.get(setting))
    .map((item) => parseListener(item) ?? refuse(setting, settings, `'${item}' is not NAME://host:port`))
    .filter(({ name }) => !controllers.has(name))
}

/** A listener's name is its protocol unless listener.security.protocol.map says otherwise. */
function checkProtocol(name: string, settings: Settings): void {
  const pairs = listItems(settings.get('listener.security.protocol.map')).map((pair) => pair.split(':'))
  const protocol = pairs.find(([listener]) => listener === name)?.[1] ?? name
  if (protocol !== 'PLAINTEXT') refuse('listeners', settings, `only PLAINTEXT is supported, not ${protocol}`)
}

function refuse(setting: string, settings: Settings, why: string): never {
  throw new ConfigError(`${setting}=${settings.get(setting) ?? ''}: ${why}`)
}

function contradict(what: string, given: string | number, setting: string, settings: Settings): never {
  refuse(setting, settings, `the ${what} '${given}' contradicts it; give one of them`)
}
