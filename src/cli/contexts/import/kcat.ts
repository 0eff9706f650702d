import { statSync } from 'node:fs'
import { ContextBuilder, type ImportedFile, type SourceFile } from './imported.ts'
import { RENAMED, SAME } from './librdkafka-names.ts'
import { readNameValues } from './parse-text.ts'

const TLS_NAMES = {
  ca: 'ssl.ca.location',
  certificate: 'ssl.certificate.location',
  key: 'ssl.key.location',
  keyPassword: 'ssl.key.password',
}

const OFFSET_RESETS: Readonly<Record<string, string>> = {
  smallest: 'earliest',
  earliest: 'earliest',
  beginning: 'earliest',
  largest: 'latest',
  latest: 'latest',
  end: 'latest',
  error: 'none',
}

/** The one cluster of a kcat.conf, whose settings are those of librdkafka. */
export function importKcat({ text, path, folders, fallbackName }: SourceFile): ImportedFile {
  const settings = readNameValues(text, path)
  const builder = new ContextBuilder(folders)
  const take = (...names: readonly string[]): string | undefined => {
    const values = names.map((name) => settings.get(name))
    for (const name of names) settings.delete(name)
    return values.find((value) => value !== undefined && value !== '')
  }
  const servers = take('bootstrap.servers', 'metadata.broker.list')
  const protocol = take('security.protocol')?.toUpperCase() ?? 'PLAINTEXT'
  if (protocol.endsWith('SSL')) builder.encrypt()
  takeStores(take, builder)
  if (protocol.startsWith('SASL_')) takeLogin(take, builder)
  const algorithm = take('ssl.endpoint.identification.algorithm')
  // Java means by an empty value what librdkafka calls none.
  if (algorithm === 'none') builder.properties['ssl.endpoint.identification.algorithm'] = ''
  const reset = take('auto.offset.reset')
  if (reset !== undefined) builder.set('auto.offset.reset', OFFSET_RESETS[reset] ?? reset)
  if (settings.get('enable.ssl.certificate.verification') === 'true')
    take('enable.ssl.certificate.verification')
  for (const [name, value] of settings) {
    const known = RENAMED[name] ?? (SAME.has(name) ? name : undefined)
    if (known === undefined) builder.leaveOut(name)
    else builder.set(known, value)
  }
  return { contexts: [builder.build(fallbackName, servers ?? null)] }
}

type Take = (...names: readonly string[]) => string | undefined

function takeStores(take: Take, builder: ContextBuilder): void {
  const ca = take('ssl.ca.location')
  const isFolder = ca !== undefined && statSync(builder.path(ca), { throwIfNoEntry: false })?.isDirectory()
  if (isFolder) builder.leaveOut('ssl.ca.location (a folder)')
  const certificate = take('ssl.certificate.location')
  const key = take('ssl.key.location')
  const keyPassword = take('ssl.key.password')
  builder.tls({ ca: isFolder || ca === 'probe' ? undefined : ca, certificate, key, keyPassword }, TLS_NAMES)
  const caText = take('ssl.ca.pem')
  if (caText !== undefined) {
    builder.set('ssl.truststore.type', 'PEM')
    builder.set('ssl.truststore.certificates', unescapedLines(caText))
  }
  const pem = { key: take('ssl.key.pem'), chain: take('ssl.certificate.pem') }
  if (pem.key && pem.chain) builder.pemTexts(unescapedLines(pem.key), unescapedLines(pem.chain))
  const store = take('ssl.keystore.location')
  const storePassword = take('ssl.keystore.password')
  if (store === undefined) return
  builder.set('ssl.keystore.type', 'PKCS12')
  builder.set('ssl.keystore.location', builder.path(store))
  builder.set('ssl.keystore.password', storePassword)
}

function takeLogin(take: Take, builder: ContextBuilder): void {
  const mechanism = take('sasl.mechanisms', 'sasl.mechanism') ?? 'GSSAPI'
  const login = { username: take('sasl.username'), password: take('sasl.password') }
  const jaas = take('sasl.jaas.config')
  builder.sasl({ mechanism, ...login }, 'sasl.mechanisms')
  // kcat reads that of Java's files, too.
  builder.set('sasl.jaas.config', jaas)
  if (take('sasl.oauthbearer.method') === 'oidc') {
    const handler = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler'
    builder.set('sasl.login.callback.handler.class', handler)
  }
}

/** PEM text has to stand in one line of such a file. */
const unescapedLines = (text: string): string => text.replaceAll('\\n', '\n')
