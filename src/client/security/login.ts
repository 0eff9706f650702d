// Logging in (SASL): the settings tell a mechanism and what it needs, the broker is asked whether it takes that
// mechanism, and then tokens go to and fro. Java's sentences, for scripts match them; never a password in any.

import { toSafeNumber } from '../../bytes/int64.ts'
import { errorName, KafkaError } from '../../protocol/errors.ts'
import { SaslAuthenticate, SaslHandshake } from '../../protocol/messages/auth.ts'
import type { Clock } from '../clock.ts'
import { SettingError } from '../config/setting-error.ts'
import type { Login, LoginLink } from '../wire/connection.ts'
import { ConnectionError } from '../wire/connection-error.ts'
import { type JaasEntry, parseJaas } from './jaas.ts'
import { redact, type Secret } from './secret.ts'
import type { SecuritySettings } from './security-properties.ts'

/** Sends a token and gives the broker's. */
export type Exchange = (token: Buffer) => Promise<Buffer>

export interface Mechanism {
  readonly name: string
  /** What no message may show. */
  readonly secrets: readonly (Secret | undefined)[]
  /** Told when the broker says no. */
  readonly hint: string
  /** Goes through the mechanism's steps; an error of its own makes the login fail. */
  authenticate(exchange: Exchange): Promise<void>
}

const PACKAGE = 'org.apache.kafka.common.security'
const PLAIN_MODULE = `${PACKAGE}.plain.PlainLoginModule`
const SCRAM_MODULE = `${PACKAGE}.scram.ScramLoginModule`
const OAUTH_MODULE = `${PACKAGE}.oauthbearer.OAuthBearerLoginModule`

/** The modules with which Java's client can do a mechanism. */
const MODULES: Readonly<Record<string, readonly string[]>> = {
  PLAIN: [PLAIN_MODULE, SCRAM_MODULE],
  'SCRAM-SHA-256': [SCRAM_MODULE],
  'SCRAM-SHA-512': [SCRAM_MODULE],
  OAUTHBEARER: [OAUTH_MODULE],
}

/** What the settings say of a login; SettingError when they make no sense. */
export async function loginOf(settings: SecuritySettings, clock: Clock): Promise<Login> {
  const mechanism = await mechanismOf(settings, clock)
  return (link) => logIn(mechanism, link)
}

async function mechanismOf(settings: SecuritySettings, clock: Clock): Promise<Mechanism> {
  const name = settings['sasl.mechanism']
  const modules = MODULES[name]
  if (modules === undefined) {
    const hint =
      name === 'GSSAPI' ? 'GSSAPI (Kerberos) is what holds when sasl.mechanism is not set' : undefined
    throw new SettingError(
      `sasl.mechanism=${name} is not supported, only ${Object.keys(MODULES).join(', ')} are`,
      {
        hint,
      },
    )
  }
  refuseClasses(settings)
  const entry = jaasEntry(settings, modules)
  if (name === 'OAUTHBEARER') {
    const { oauthBearer } = await import('./oauth-bearer.ts')
    return await oauthBearer(settings, entry, clock)
  }
  const { passwordMechanism } = await import('./password-mechanisms.ts')
  return passwordMechanism(name, entry)
}

/** Classes of a user's own would decide who logs in, so they cannot be passed over. */
function refuseClasses(settings: SecuritySettings): void {
  for (const name of ['sasl.client.callback.handler.class', 'sasl.login.class'] as const) {
    const value = settings[name]
    if (value) throw new SettingError(`${name}=${value} is not supported: it names a Java class`)
  }
  const handler = settings['sasl.login.callback.handler.class']
  if (handler && settings['sasl.mechanism'] !== 'OAUTHBEARER') {
    throw new SettingError(
      `sasl.login.callback.handler.class=${handler} is not supported: it names a Java class`,
    )
  }
}

function jaasEntry(settings: SecuritySettings, modules: readonly string[]): JaasEntry {
  const text = settings['sasl.jaas.config']
  if (text === undefined) {
    throw new SettingError(
      "Could not find a 'KafkaClient' entry in the JAAS configuration. System property 'java.security.auth.login.config' is not set",
      { hint: `set sasl.jaas.config=${modules[0]} required …;` },
    )
  }
  const entry = parseJaas(text.reveal())
  if (!modules.includes(entry.module)) {
    const isKafkas = [PLAIN_MODULE, SCRAM_MODULE, OAUTH_MODULE].includes(entry.module)
    throw new SettingError(
      isKafkas
        ? `Failed to create SaslClient with mechanism ${settings['sasl.mechanism']}`
        : 'No LoginModule found for the class in sasl.jaas.config',
      { hint: `the module of sasl.mechanism=${settings['sasl.mechanism']} is ${modules[0]}` },
    )
  }
  return entry
}

async function logIn(mechanism: Mechanism, link: LoginLink): Promise<number> {
  const handshake = await link
    .request(SaslHandshake, { mechanism: mechanism.name })
    .catch((error: unknown) => {
      if (!(error instanceof KafkaError) || error.code !== 'UNSUPPORTED_VERSION') throw error
      throw refusal(link, error.message, mechanism.name, [])
    })
  if (handshake.errorCode !== 0) {
    throw refusal(link, handshakeSentence(mechanism.name, handshake), mechanism.name, handshake.mechanisms)
  }
  let lifetimeMs = 0
  const exchange: Exchange = async (authBytes) => {
    const answer = await link.request(SaslAuthenticate, { authBytes })
    if (answer.errorCode !== 0) throw new Refused(answer.errorCode, answer.errorMessage)
    lifetimeMs = toSafeNumber(answer.sessionLifetimeMs)
    return answer.authBytes
  }
  try {
    await mechanism.authenticate(exchange)
    return lifetimeMs
  } catch (error) {
    if (error instanceof ConnectionError || error instanceof SettingError || !(error instanceof Error))
      throw error
    const sentence = redact(error.message, mechanism.secrets)
    // The cause may quote what the broker sent, so it is left out.
    throw new ConnectionError('authentication', link.address, sentence, { sentence, hint: mechanism.hint })
  }
}

/** The broker ended the exchange with an error. */
class Refused extends Error {
  constructor(code: number, message: string | null) {
    super(message || `the broker refused the login with ${errorName(code)}`)
  }
}

interface HandshakeAnswer {
  readonly errorCode: number
  readonly mechanisms: readonly string[]
}

function handshakeSentence(mechanism: string, { errorCode, mechanisms }: HandshakeAnswer): string {
  const enabled = `enabled mechanisms are [${mechanisms.join(', ')}]`
  const code = errorName(errorCode)
  if (code === 'UNSUPPORTED_SASL_MECHANISM') {
    return `Client SASL mechanism '${mechanism}' not enabled in the server, ${enabled}`
  }
  if (code === 'ILLEGAL_SASL_STATE') {
    return `Unexpected handshake request with client mechanism ${mechanism}, ${enabled}`
  }
  return `Unknown error code ${code}, client mechanism is ${mechanism}, ${enabled}`
}

function refusal(
  { address }: LoginLink,
  sentence: string,
  mechanism: string,
  enabled: readonly string[],
): ConnectionError {
  const known = enabled.filter((name) => name in MODULES)
  const hint =
    enabled.length === 0
      ? `the listener ${address} has no logins: set security.protocol to PLAINTEXT or SSL`
      : `set sasl.mechanism to ${known.length > 0 ? known.join(' or ') : `another than ${mechanism}`}, and sasl.jaas.config for it`
  return new ConnectionError('authentication', address, sentence, { sentence, hint })
}
