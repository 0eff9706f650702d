// Goes the way of a client to one address, and tells how far it got.
import { lookup } from 'node:dns/promises'
import type { Clock } from '../../client/clock.ts'
import type { Security } from '../../client/security/security.ts'
import { type Address, formatAddress } from '../../client/wire/addresses.ts'
import { Connection, type ConnectionStep } from '../../client/wire/connection.ts'
import { ConnectionError, socketReason } from '../../client/wire/connection-error.ts'
import { messageOf } from '../failures.ts'
import { type Finding, fine, type StepName, wrong } from './finding.ts'

export interface ProbeOptions extends Security {
  readonly timeoutMs: number
  readonly clock: Clock
}

export interface Probed {
  readonly findings: readonly Finding[]
  /** Null when a step failed. */
  readonly connection: Connection | null
}

/** What can be found out about an address, a step after the other, up to the first that fails. */
export async function probe(address: Address, options: ProbeOptions): Promise<Probed> {
  const subject = formatAddress(address)
  const name = await resolveName(address.host)
  if (!name.isOk) return { findings: [name], connection: null }
  const steps = stepsOf(options)
  const reached: ConnectionStep[] = []
  const startMs = options.clock.monotonicMs()
  try {
    const connection = await Connection.open(address, {
      clientId: 'ktool-doctor',
      clientVersion: '0',
      connectTimeoutMs: options.timeoutMs,
      requestTimeoutMs: options.timeoutMs,
      clock: options.clock,
      transport: options.transport,
      login: options.login,
      onStep: (step) => reached.push(step),
    })
    const ms = options.clock.monotonicMs() - startMs
    const findings = steps.map((step) => fine(step, subject, FOUND[step](connection, ms)))
    return { findings: [name, ...findings], connection }
  } catch (error) {
    const failed = steps.find((step) => !reached.includes(step)) ?? steps.at(-1)!
    const found = messageOf(error).replace(`${subject}: `, '')
    const passed = steps.slice(0, steps.indexOf(failed)).map((step) => fine(step, subject, 'done'))
    const finding = wrong(failed, subject, found, remedyOf(error, failed))
    return { findings: [name, ...passed, finding], connection: null }
  }
}

/** In the order in which a connection takes them. */
function stepsOf({ transport, login }: Security): ConnectionStep[] {
  return ['tcp', ...(transport ? (['tls'] as const) : []), 'versions', ...(login ? (['sasl'] as const) : [])]
}

const FOUND: Record<ConnectionStep, (connection: Connection, ms: number) => string> = {
  tcp: () => 'connected',
  tls: () => 'the certificate is trusted',
  versions: ({ apiVersions }, ms) => `${apiVersions.apiKeys.length} APIs, answered after ${ms} ms`,
  sasl: () => 'logged in',
}

async function resolveName(host: string): Promise<Finding> {
  try {
    const found = await lookup(host, { all: true })
    const addresses = found.map(({ address }) => address).join(', ')
    return fine('dns', host, addresses === host ? 'is an address' : addresses)
  } catch (error) {
    const reason = error instanceof Error ? socketReason(error) : String(error)
    return wrong('dns', host, reason, 'check the spelling, the DNS server, or add it to /etc/hosts')
  }
}

function remedyOf(error: unknown, step: StepName): string | null {
  if (!(error instanceof ConnectionError)) return null
  if (error.hint !== undefined) return error.hint
  switch (error.failure) {
    case 'unreachable':
      return 'is the broker running, and is this its port? A firewall may refuse, too'
    case 'timed-out':
      return step === 'tcp'
        ? 'nothing answers there: a firewall may drop it, or the address is that of another network'
        : 'the server accepts connections and says nothing: it may be overloaded, or no broker'
    case 'not-kafka':
      return 'another program listens there, or the listener wants TLS: set security.protocol'
    case 'closed':
    case 'rejected':
      return 'the listener may want TLS or SASL: set security.protocol, as the broker does for this port'
    default:
      return null
  }
}
