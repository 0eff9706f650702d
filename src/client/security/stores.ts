// What ssl.truststore.* and ssl.keystore.* name, as node:tls takes it. Which of them go together, and what is said when
// they don't, is as in Kafka's DefaultSslEngineFactory.

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { SettingError } from '../config/setting-error.ts'
import { isJks, readJks } from './jks.ts'
import type { Secret } from './secret.ts'
import type { SecuritySettings } from './security-properties.ts'
import { type StoreContents, StoreError } from './store-contents.ts'
import { readStoreFile } from './store-file.ts'

export interface Identity {
  /** PEM, unencrypted. */
  readonly key: string
  /** PEM: its certificate first, then whoever signed it. */
  readonly certificateChain: string
}

/** Certificates in PEM; nothing when those of this program's own are to be trusted. */
export async function readTruststore(settings: SecuritySettings): Promise<string[] | undefined> {
  const type = settings['ssl.truststore.type']
  const path = settings['ssl.truststore.location']
  const password = settings['ssl.truststore.password']
  const inline = settings['ssl.truststore.certificates']
  if (inline !== undefined) {
    if (!isPem(type)) {
      throw new SettingError(
        `SSL trust store certs can be specified only for PEM, but trust store type is ${type}.`,
      )
    }
    if (path)
      throw new SettingError('Both SSL trust store location and separate trust certificates are specified.')
    if (password) throw new SettingError('SSL trust store password cannot be specified for PEM format.')
    return certificatesOf(inline.reveal(), 'ssl.truststore.certificates')
  }
  if (isPem(type) && path) {
    if (password) throw new SettingError('SSL trust store password cannot be specified for PEM format.')
    return certificatesOf((await read(path, type)).toString(), path)
  }
  if (!path && password) {
    throw new SettingError('SSL trust store is not specified, but trust store password is specified.')
  }
  if (!path) return undefined
  const { certificates } = await readStore(path, type, password)
  if (certificates.length === 0) {
    throw new SettingError(`the trust store ${path} holds no certificate`, {
      hint: password ? undefined : 'set ssl.truststore.password: without it some files show nothing',
    })
  }
  return certificates.map(certificatePem)
}

/** Key and certificate that a broker may ask for; nothing when none are set. */
export async function readKeystore(settings: SecuritySettings): Promise<Identity | undefined> {
  const type = settings['ssl.keystore.type']
  const path = settings['ssl.keystore.location']
  const password = settings['ssl.keystore.password']
  const keyPassword = settings['ssl.key.password']
  const key = settings['ssl.keystore.key']
  const chain = settings['ssl.keystore.certificate.chain']
  if (key !== undefined) {
    if (!isPem(type)) {
      throw new SettingError(`SSL private key can be specified only for PEM, but key store type is ${type}.`)
    }
    if (chain === undefined) {
      throw new SettingError('SSL private key is specified, but certificate chain is not specified.')
    }
    if (path) throw new SettingError('Both SSL key store location and separate private key are specified.')
    if (password) throw new SettingError(PEM_PASSWORD)
    return pemIdentity(key.reveal(), chain.reveal(), keyPassword, 'ssl.keystore.key')
  }
  if (chain !== undefined) {
    throw new SettingError('SSL certificate chain is specified, but private key is not specified')
  }
  if (isPem(type) && path) {
    if (password) throw new SettingError(PEM_PASSWORD)
    const text = (await read(path, type)).toString()
    return pemIdentity(text, text, keyPassword, path)
  }
  if (!path && password) {
    throw new SettingError('SSL key store is not specified, but key store password is specified.')
  }
  if (!path) return undefined
  if (!password) {
    throw new SettingError('SSL key store is specified, but key store password is not specified.')
  }
  const { keys } = await readStore(path, type, password, keyPassword)
  const found = keys[0]
  if (found === undefined) throw new SettingError(`the key store ${path} holds no private key`)
  const object = createPrivateKey({ key: found.pkcs8, format: 'der', type: 'pkcs8' })
  return identity(object, found.certificates.map(certificatePem), path)
}

const PEM_PASSWORD =
  'SSL key store password cannot be specified with PEM format, only key password may be specified.'

const isPem = (type: string): boolean => type.toUpperCase() === 'PEM'

/** Java opens either format under either name. */
async function readStore(
  path: string,
  type: string,
  password: Secret | undefined,
  keyPassword?: Secret,
): Promise<StoreContents> {
  if (!['JKS', 'PKCS12'].includes(type.toUpperCase())) {
    throw new SettingError(`the store type ${type} is not supported, only PEM, PKCS12 and JKS are`)
  }
  const bytes = await read(path, type)
  if (bytes.subarray(0, 2048).includes('-----BEGIN ')) {
    throw loadFailure(path, type, 'it is a PEM file: set its type to PEM')
  }
  try {
    if (isJks(bytes)) return readJks(bytes, password, keyPassword)
    const { readPkcs12 } = await import('./pkcs12.ts')
    return await readPkcs12(bytes, password)
  } catch (error) {
    throw loadFailure(path, type, error instanceof StoreError ? error.message : 'it is damaged')
  }
}

async function read(path: string, type: string): Promise<Buffer> {
  try {
    return await readStoreFile(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    const reasons: Record<string, string> = { ENOENT: 'there is no such file', EACCES: 'it may not be read' }
    throw loadFailure(path, type, reasons[String(code)] ?? `reading it failed with ${code}`)
  }
}

const loadFailure = (path: string, type: string, reason: string): SettingError =>
  new SettingError(`Failed to load SSL keystore ${path} of type ${type}`, { hint: `${path}: ${reason}` })

const PEM_HINT =
  'PEM begins with -----BEGIN …-----; in a properties file a backslash at its end joins a line to the next'

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g
const PRIVATE_KEY = /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----[\s\S]+?-----END ([A-Z]+ )?PRIVATE KEY-----/

/** A setting's value may have its lines joined by blanks, as a properties file makes them. */
const lines = (pem: string): string => {
  const [, head, body, tail] = /^(-----BEGIN [^-]+-----)([\s\S]*)(-----END [^-]+-----)$/.exec(pem)!
  // Keys of the old kind have headers, which are lines of their own.
  return body!.includes(':') ? pem : `${head}\n${body!.split(/\s+/).filter(Boolean).join('\n')}\n${tail}`
}

function certificatesOf(text: string, source: string): string[] {
  const found = text.match(CERTIFICATE)?.map(lines)
  if (found === undefined) {
    throw new SettingError(`${source} holds no certificate in PEM format`, { hint: PEM_HINT })
  }
  return found
}

function pemIdentity(
  keyText: string,
  chainText: string,
  keyPassword: Secret | undefined,
  source: string,
): Identity {
  const pem = PRIVATE_KEY.exec(keyText)?.[0]
  if (pem === undefined) {
    throw new SettingError(`${source} holds no private key in PEM format`, { hint: PEM_HINT })
  }
  let key: KeyObject
  try {
    key = createPrivateKey({ key: lines(pem), passphrase: keyPassword?.reveal() ?? '' })
  } catch {
    const isEncrypted = pem.includes('ENCRYPTED')
    const hint = isEncrypted ? 'it is encrypted: check ssl.key.password' : 'it should be PKCS#8 in PEM'
    throw new SettingError(`the private key of ${source} cannot be read`, { hint })
  }
  return identity(key, certificatesOf(chainText, source), source)
}

/** Puts the certificates in the order in which they are sent. */
function identity(key: KeyObject, pems: readonly string[], source: string): Identity {
  const certificates = pems.map((pem) => new X509Certificate(pem))
  const chain: X509Certificate[] = []
  let next = certificates.find((certificate) => certificate.checkPrivateKey(key))
  if (next === undefined) throw new SettingError(`no certificate of ${source} belongs to its private key`)
  while (next !== undefined) {
    const last: X509Certificate = next
    chain.push(last)
    next = certificates.find((other) => !chain.includes(other) && last.checkIssued(other))
  }
  return {
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificateChain: chain.map(String).join(''),
  }
}

const certificatePem = (der: Buffer): string => new X509Certificate(der).toString()
