import type { Listener } from '../../broker/endpoints.ts'
import { DEFAULT_LISTENER } from '../../broker/endpoints.ts'
import { UsageError } from '../failures.ts'
import { BadValue } from '../option-spec.ts'

export interface ListenOptions {
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly advertise?: Advertised | undefined
}

export interface Advertised {
  readonly host: string
  readonly port: number | undefined
}

/** Where to listen: as the file says, but for what options say; `defaultPort` where neither says anything. */
export function chooseListeners(
  fromFile: readonly Listener[],
  options: ListenOptions,
  defaultPort: number,
): Listener[] {
  const { host, port, advertise } = options
  const isGiven = host !== undefined || port !== undefined || advertise !== undefined
  if (fromFile.length > 1) {
    if (!isGiven) return [...fromFile]
    throw new UsageError('--host, --port and --advertise are for one listener, and the file has several', {
      hint: `its listeners are ${fromFile.map(({ name }) => name).join(', ')}`,
    })
  }
  const [only = { name: DEFAULT_LISTENER, host: '127.0.0.1', port: defaultPort }] = fromFile
  return [
    {
      name: only.name,
      host: host ?? only.host,
      port: port ?? only.port,
      advertisedHost: advertise?.host ?? only.advertisedHost,
      advertisedPort: advertise ? advertise.port : only.advertisedPort,
    },
  ]
}

/** `kafka.example` or `kafka.example:19092`, an IPv6 address in brackets. */
export function parseAdvertised(text: string): Advertised {
  const [, inBrackets, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(text) ?? []
  const host = inBrackets ?? plain
  const number = port === undefined ? undefined : Number(port)
  if (host === undefined || (number !== undefined && (number < 1 || number > 65535))) {
    throw new BadValue(`--advertise: '${text}' is not HOST or HOST:PORT`, { isWhole: true })
  }
  return { host, port: number }
}
