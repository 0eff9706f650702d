// Options that Kafka's tools had before 4.0. Cheat sheets and scripts still have them, and what they meant is still
// to be had: the sentence stays Kafka's, and a hint tells the way of today.

const NO_ZOOKEEPER = 'Kafka has no ZooKeeper since 4.0'

interface Removed {
  /** The option that does it today; the hint is given by tools that have it. */
  readonly successor?: string
  readonly hint: string
}

const REMOVED: Readonly<Record<string, Removed>> = {
  zookeeper: {
    successor: 'bootstrap-server',
    hint: `${NO_ZOOKEEPER}; --bootstrap-server HOST:PORT names a broker, mostly on port 9092`,
  },
  'zk-tls-config-file': { hint: NO_ZOOKEEPER },
  authorizer: { successor: 'bootstrap-server', hint: 'brokers keep the ACLs: --bootstrap-server HOST:PORT' },
  'authorizer-properties': {
    successor: 'bootstrap-server',
    hint: `${NO_ZOOKEEPER}, and brokers keep the ACLs: --bootstrap-server HOST:PORT`,
  },
  'broker-list': {
    successor: 'bootstrap-server',
    hint: 'it is --bootstrap-server since Kafka 4.0, with the same value',
  },
  whitelist: { successor: 'include', hint: 'it is --include since Kafka 4.0, with the same value' },
  blacklist: {
    successor: 'include',
    hint: "--include takes a pattern; what is not to be read is left out as in '(?!internal).*'",
  },
  'new-consumer': { hint: 'leave it out: there is no other consumer since Kafka 2.0' },
  daemon: { successor: 'server-properties', hint: 'a shell runs it in the background: nohup COMMAND &' },
}

/** What is to be said about an option of old that is unknown today, if the tool has what took its place. */
export function removedOptionHint(name: string, known: readonly string[]): string | undefined {
  const removed = Object.hasOwn(REMOVED, name) ? REMOVED[name] : undefined
  if (removed === undefined) return undefined
  return removed.successor === undefined || known.includes(removed.successor) ? removed.hint : undefined
}
