import { BadValue } from '../option-spec.ts'

export interface Advertised {
  readonly host: string
  readonly port: number | undefined
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
