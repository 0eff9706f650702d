import { AddressError } from '../config/setting-error.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

// The pattern of org.apache.kafka.common.utils.Utils: an optional protocol in front, IPv6 in brackets.
const HOST_PORT =
  /^(?:[A-Za-z0-9]+:\/\/)?(?:\[([0-9A-Fa-f:.]+(?:%[0-9A-Za-z_.-]+)?)\]|([0-9A-Za-z._-]+)):(\d+)$/

/** `a:9092, [::1]:9093` as addresses; SettingError in Kafka's words when one of them is none. */
export function parseAddresses(list: string): Address[] {
  const addresses = list
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map(parseAddress)
  if (addresses.length === 0)
    throw new AddressError('No resolvable bootstrap urls given in bootstrap.servers')
  return addresses
}

function parseAddress(text: string): Address {
  const match = HOST_PORT.exec(text)
  if (match === null) {
    const hint = /^[^\s:/]+$/.test(text)
      ? `the port is missing, as in ${text}:9092`
      : 'brokers are named as HOST:PORT,HOST:PORT'
    throw new AddressError(`Invalid url in bootstrap.servers: ${text}`, { hint })
  }
  const port = Number(match[3])
  if (port > 65_535) throw new AddressError(`Invalid port in bootstrap.servers: ${text}`)
  return { host: match[1] ?? match[2]!, port }
}

export const formatAddress = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
