export type ConnectionFailure =
  /** Nobody listens there, or the name is unknown. */
  | 'unreachable'
  /** What answers is not a Kafka broker. */
  | 'not-kafka'
  /** No connection or no answer within the time allowed. */
  | 'timed-out'
  /** The other side hung up. */
  | 'closed'
  /** The other side hung up on the first request, which brokers do that want a login. */
  | 'rejected'
  /** What answers speaks no TLS, or one of the two does not trust the other. */
  | 'tls'
  /** The broker does not let this client in. */
  | 'authentication'
  /** This client was closed while it was still used. */
  | 'shut-down'

export interface ConnectionErrorOptions extends ErrorOptions {
  /** What to do about it, where that is known. */
  readonly hint?: string | undefined
  /** The host name has no address. */
  readonly isUnresolved?: boolean | undefined
  /** What Kafka's clients say in this case, instead of the address and the reason. */
  readonly sentence?: string | undefined
}

/** A broker could not be reached, or went away before it answered. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
  readonly failure: ConnectionFailure
  /** The address as `host:port`, or several, separated by commas. */
  readonly address: string
  /** What went wrong, without the address. */
  readonly reason: string
  readonly hint: string | undefined
  readonly isUnresolved: boolean

  constructor(
    failure: ConnectionFailure,
    address: string,
    reason: string,
    { hint, sentence, isUnresolved = false, ...options }: ConnectionErrorOptions = {},
  ) {
    super(sentence ?? `${address}: ${reason}`, options)
    this.failure = failure
    this.address = address
    this.reason = reason
    this.hint = hint
    this.isUnresolved = isUnresolved
  }
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'the network is unreachable',
  ETIMEDOUT: 'the connection timed out',
}

/** Whether a host name could not be looked up. */
export const isUnresolved = (error: Error): boolean =>
  'code' in error && (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN')

/** What a socket's error means, in a few words. */
export function socketReason(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  if (code !== undefined && code in REASONS) return REASONS[code]!
  // A name with several addresses fails with one error for each of them.
  if (error instanceof AggregateError) return [...new Set(error.errors.map(socketReason))].join(', ')
  return error.message
}

/** What to set when a broker's port wants more than plain requests. */
export const SECURITY_HINT =
  'a listener with TLS or SASL needs security.protocol and its settings, in a file for --command-config'

export interface Stranger {
  readonly reason: string
  readonly hint?: string | undefined
}

/** Says what seems to stand behind a port that does not speak Kafka's protocol. */
export function describeStranger(received: Buffer): Stranger {
  // Alert and handshake records of TLS begin with 21 or 22 and the major version 3.
  if ((received[0] === 0x15 || received[0] === 0x16) && received[1] === 3) {
    const reason = 'the answer is not in Kafka’s protocol: the other side expects TLS'
    return { reason, hint: 'set security.protocol=SSL or SASL_SSL in a file for --command-config' }
  }
  const text = received
    .subarray(0, 40)
    .toString('latin1')
    .split(/[\r\n]/)[0]!
  const shown = /^[\x20-\x7e]+$/.test(text)
    ? `'${text}'`
    : `bytes ${received.subarray(0, 16).toString('hex')}`
  const reason = `the answer is not in Kafka’s protocol; it begins with ${shown}`
  return { reason, hint: text.startsWith('HTTP/') ? WEB_HINT : undefined }
}

const WEB_HINT = 'a web server answers there; the brokers of the cluster listen on another port'
