// Tokens from a file or from an endpoint that gives them to whoever knows a client's id and secret (RFC 6749, 4.4), as
// Java's OAuthBearerLoginCallbackHandler gets them.

import { type Clock, sleep } from '../clock.ts'
import { pickSettings } from '../config/properties.ts'
import { SettingError } from '../config/setting-error.ts'
import { ConnectionError, socketReason } from '../wire/connection-error.ts'
import type { JaasEntry } from './jaas.ts'
import type { TokenSource } from './oauth-bearer.ts'
import { redact, Secret } from './secret.ts'
import { SECURITY_PROPERTIES, type SecuritySettings } from './security-properties.ts'
import { readStoreFile } from './store-file.ts'
import { postForm } from './token-endpoint.ts'

/** A token is used for this part of its lifetime: sasl.login.refresh.window.factor of Java's client. */
const REFRESH_FACTOR = 0.8

const RETRIEVERS = ['DefaultJwtRetriever', 'FileJwtRetriever', 'ClientCredentialsJwtRetriever'].map(
  (name) => `org.apache.kafka.common.security.oauthbearer.${name}`,
)

export function retrievedTokens(
  settings: SecuritySettings,
  options: JaasEntry['options'],
  clock: Clock,
): TokenSource {
  const retriever = settings['sasl.oauthbearer.jwt.retriever.class']
  if (retriever && !RETRIEVERS.includes(retriever)) {
    throw new SettingError(`sasl.oauthbearer.jwt.retriever.class=${retriever} is not supported`)
  }
  const url = endpointUrl(settings)
  const retrieve = url.protocol === 'file:' ? () => readToken(url) : requester(url, settings, options, clock)
  let held: { token: Promise<Secret>; untilMs: number } | undefined
  return () => {
    if (held !== undefined && clock.monotonicMs() < held.untilMs) return held.token
    const fetched = { token: retrieve(), untilMs: Infinity }
    held = fetched
    fetched.token.then(
      (token) => {
        fetched.untilMs = clock.monotonicMs() + useFor(token, clock.now())
      },
      () => {
        if (held === fetched) held = undefined
      },
    )
    return fetched.token
  }
}

function endpointUrl(settings: SecuritySettings): URL {
  const name = 'sasl.oauthbearer.token.endpoint.url'
  const text = settings[name]?.reveal()
  if (!text) throw new SettingError(`The OAuth configuration option ${name} must be non-null`)
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['http:', 'https:', 'file:'].includes(url.protocol)) {
    throw new SettingError(`${name} is not a URL that begins with https, http or file`)
  }
  return url
}

async function readToken(url: URL): Promise<Secret> {
  try {
    return new Secret((await readStoreFile(decodeURIComponent(url.pathname))).toString().trim())
  } catch {
    throw new SettingError(`the file of sasl.oauthbearer.token.endpoint.url cannot be read: ${url.pathname}`)
  }
}

/** How long a token is used: not up to the end that it names itself; one without an end serves one login. */
function useFor(token: Secret, nowMs: number): number {
  try {
    const { exp } = JSON.parse(Buffer.from(token.reveal().split('.')[1] ?? '', 'base64url').toString())
    return typeof exp === 'number' ? (exp * 1000 - nowMs) * REFRESH_FACTOR : 0
  } catch {
    return 0
  }
}

function requester(
  url: URL,
  settings: SecuritySettings,
  options: JaasEntry['options'],
  clock: Clock,
): () => Promise<Secret> {
  const id = settings['sasl.oauthbearer.client.credentials.client.id'] ?? options.get('clientId')?.reveal()
  const secret = settings['sasl.oauthbearer.client.credentials.client.secret'] ?? options.get('clientSecret')
  if (!id || secret === undefined) {
    throw new SettingError(`the OAuth client has no ${id ? 'secret' : 'id'}`, {
      hint: 'set sasl.oauthbearer.client.credentials.client.id and .secret, or clientId and clientSecret in sasl.jaas.config',
    })
  }
  const scope = settings['sasl.oauthbearer.scope'] ?? options.get('scope')?.reveal()
  const encode = settings['sasl.oauthbearer.header.urlencode'] ? formEncoded : (text: string) => text
  const credentials = Buffer.from(`${encode(id)}:${encode(secret.reveal())}`).toString('base64')
  // As in Java, TLS to the endpoint is set up by options of the JAAS entry.
  const ssl = new Map(
    [...options].filter(([name]) => name.startsWith('ssl.')).map(([name, value]) => [name, value.reveal()]),
  )
  const call = {
    url,
    authorization: new Secret(`Basic ${credentials}`),
    form: `grant_type=client_credentials${scope?.trim() ? `&scope=${formEncoded(scope.trim())}` : ''}`,
    connectTimeoutMs: settings['sasl.login.connect.timeout.ms'],
    readTimeoutMs: settings['sasl.login.read.timeout.ms'],
    ssl: ssl.size === 0 ? undefined : pickSettings(SECURITY_PROPERTIES, ssl),
  }
  const place = `${url.protocol}//${url.host}${url.pathname}`
  const secrets = [secret, call.authorization, new Secret(credentials), new Secret(url.password)]
  const fail = (reason: string, hint?: string): ConnectionError => {
    const told = redact(`the token endpoint ${place}: ${reason}`, secrets)
    return new ConnectionError('authentication', url.host, told, { sentence: told, hint })
  }
  return async () => {
    const untilMs = clock.monotonicMs() + settings['sasl.login.retry.backoff.max.ms']
    for (let waitMs = settings['sasl.login.retry.backoff.ms']; ; waitMs *= 2) {
      const answer = await postForm(call).catch((error: Error) => ({ status: 0, body: socketReason(error) }))
      if (answer.status === 200 || answer.status === 201) return tokenOf(answer.body, fail)
      const mayPass = answer.status === 0 || (answer.status >= 500 && answer.status !== 501)
      if (!mayPass || clock.monotonicMs() + waitMs >= untilMs) {
        const reason = answer.status === 0 ? answer.body : `status ${answer.status}${errorOf(answer.body)}`
        throw fail(reason, answer.status === 0 ? ENDPOINT_HINT : CLIENT_HINT)
      }
      await sleep(clock, waitMs)
    }
  }
}

const CLIENT_HINT = 'check the client’s id, secret and scope, and sasl.oauthbearer.token.endpoint.url'
const ENDPOINT_HINT =
  'check sasl.oauthbearer.token.endpoint.url; for https, ssl.truststore.* are options within sasl.jaas.config'

const formEncoded = (text: string): string => new URLSearchParams({ x: text }).toString().slice(2)

function tokenOf(body: string, fail: (reason: string) => Error): Secret {
  const token = fieldsOf(body).access_token
  // What it answered instead is not shown: it may be a token under another name.
  if (typeof token !== 'string' || token.trim() === '') throw fail('the answer has no access_token')
  return new Secret(token.trim())
}

/** The error as RFC 6749, 5.2 has it. */
function errorOf(body: string): string {
  const { error, error_description: description } = fieldsOf(body)
  const parts = [error, description].filter((part) => typeof part === 'string')
  return parts.length === 0 ? '' : ` (${parts.join(' - ')})`
}

function fieldsOf(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
