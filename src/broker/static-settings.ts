// The settings of one broker as Kafka would find them in its server.properties, for DescribeConfigs.

import { listenerText } from '../kafka/listener-property.ts'
import type { Listener } from './endpoints.ts'

interface Given {
  readonly settings: ReadonlyMap<string, string>
  readonly dataDir: string
  readonly listeners: readonly Listener[]
  /** How many brokers the process presents. */
  readonly brokers: number
}

/** What was given, and what follows from the options; `index` counts the brokers of the process. */
export function staticSettings(
  { settings, dataDir, listeners, brokers }: Given,
  node: number,
  index: number,
): Map<string, string> {
  const made = new Map([
    ...settings,
    ['node.id', String(node)],
    ['broker.id', String(node)],
    ['process.roles', 'broker,controller'],
  ])
  if (!settings.has('log.dir')) made.set('log.dirs', dataDir)
  // Each broker of several has other ports than the text that was given.
  if (brokers > 1 || !settings.has('listeners')) {
    made.set(
      'listeners',
      listeners.map((each) => listenerText({ ...each, port: portOf(each.port, index) })).join(','),
    )
  }
  const advertised = listeners.flatMap(({ name, host, port, advertisedHost, advertisedPort = port }) =>
    advertisedHost === undefined && advertisedPort === port
      ? []
      : [listenerText({ name, host: advertisedHost ?? host, port: portOf(advertisedPort, index) })],
  )
  if (advertised.length > 0 && (brokers > 1 || !settings.has('advertised.listeners'))) {
    made.set('advertised.listeners', advertised.join(','))
  }
  return made
}

/** Brokers have ports one after the other; 0 stands for any. */
const portOf = (first: number, index: number): number => (first === 0 ? 0 : first + index)
