import type { Clock } from '../clock.ts'
import { SettingError } from '../config/setting-error.ts'
import type { JaasEntry } from './jaas.ts'
import type { Mechanism } from './login.ts'
import type { Secret } from './secret.ts'
import type { SecuritySettings } from './security-properties.ts'
import { unsecuredToken } from './unsecured-token.ts'

/** Gives a token that is good for a while; asked for every login. */
export type TokenSource = () => Promise<Secret>

/** OAUTHBEARER (RFC 7628) with tokens from where the settings say. */
export async function oauthBearer(
  settings: SecuritySettings,
  { options }: JaasEntry,
  clock: Clock,
): Promise<Mechanism> {
  const isUnsecured = usesUnsecuredTokens(settings, options)
  const extensions = saslExtensions(options, isUnsecured ? 'unsecuredLoginExtension_' : 'extension_')
  const source = isUnsecured
    ? () => unsecuredToken(options, clock)
    : await tokenSource(settings, options, clock)
  const secrets: (Secret | undefined)[] = [
    settings['sasl.oauthbearer.client.credentials.client.secret'],
    options.get('clientSecret'),
  ]
  return {
    name: 'OAUTHBEARER',
    secrets,
    hint: 'the broker does not take the token: check its claims, and for how long it is valid',
    async authenticate(exchange) {
      const token = await source()
      secrets[2] = token
      const answer = await exchange(Buffer.from(`n,,\x01auth=Bearer ${token.reveal()}${extensions}\x01\x01`))
      if (answer.length === 0) return
      // The broker's refusal comes as JSON, and as an error once this client has acknowledged it.
      await exchange(Buffer.from([1]))
      throw new Error(answer.toString())
    },
  }
}

async function tokenSource(
  settings: SecuritySettings,
  options: JaasEntry['options'],
  clock: Clock,
): Promise<TokenSource> {
  const { retrievedTokens } = await import('./retrieved-token.ts')
  return retrievedTokens(settings, options, clock)
}

const PACKAGE = 'org.apache.kafka.common.security.oauthbearer'
const UNSECURED_HANDLER = `${PACKAGE}.internals.unsecured.OAuthBearerUnsecuredLoginCallbackHandler`
const HANDLERS = [
  `${PACKAGE}.OAuthBearerLoginCallbackHandler`,
  `${PACKAGE}.secured.OAuthBearerLoginCallbackHandler`,
]

/** Java makes such tokens unless a handler is named; here an endpoint alone also says that they come from there. */
function usesUnsecuredTokens(settings: SecuritySettings, options: JaasEntry['options']): boolean {
  const handler = settings['sasl.login.callback.handler.class'] || undefined
  if (handler === UNSECURED_HANDLER) return true
  if (handler !== undefined && !HANDLERS.includes(handler)) {
    throw new SettingError(`sasl.login.callback.handler.class=${handler} is not supported`, {
      hint: `only ${HANDLERS[0]} is, with sasl.oauthbearer.token.endpoint.url`,
    })
  }
  if (handler !== undefined) return false
  const hasClaims = [...options.keys()].some((name) => name.startsWith('unsecuredLogin'))
  return hasClaims || settings['sasl.oauthbearer.token.endpoint.url'] === undefined
}

function saslExtensions(options: JaasEntry['options'], prefix: string): string {
  const names = [...options.keys()].filter((name) => name.startsWith(prefix))
  return names
    .map((option) => {
      const name = option.slice(prefix.length)
      const value = options.get(option)!.reveal()
      if (name === 'auth' || !/^[A-Za-z]+$/.test(name))
        throw new SettingError(`Extension name ${name} is invalid`)
      if (!/^[\x21-\x7e \t\r\n]+$/.test(value)) {
        throw new SettingError(`Extension value for extension ${name} is invalid`)
      }
      return `\x01${name}=${value}`
    })
    .join('')
}
