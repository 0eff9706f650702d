import { connect, createSecureContext, type SecureContextOptions, type SecureVersion } from 'node:tls'
import { SettingError } from '../config/setting-error.ts'
import { ConnectionError } from '../wire/connection-error.ts'
import { TCP, type Transport } from '../wire/transport.ts'
import { cipherNames } from './cipher-suites.ts'
import type { SecuritySettings } from './security-properties.ts'
import { readKeystore, readTruststore } from './stores.ts'
import { explainTls } from './tls-errors.ts'

/** TLS as the ssl.* settings want it. */
export async function tlsTransportOf(settings: SecuritySettings): Promise<Transport> {
  const secureContext = createSecureContext(await contextOptions(settings))
  const checksHost = isHostChecked(settings)
  return {
    readyEvent: 'secureConnect',
    dial: ({ host, port }, frames, onFilled) => {
      const options = {
        host,
        port,
        secureContext,
        // As with plain sockets, bytes go straight to where frames are cut.
        onread: {
          buffer: () => frames.space(),
          callback: (count: number) => {
            onFilled(count)
            return true
          },
        },
        ...(isIp(host) ? {} : { servername: host }),
        ...(checksHost ? {} : { checkServerIdentity: () => undefined }),
      }
      return connect(options).setNoDelay(true)
    },
    explain: (error, address, isReady) => {
      const told = explainTls(error, address)
      if (told === null) return TCP.explain(error, address, isReady)
      const { failure = 'tls', reason, hint } = told
      const sentence = failure === 'tls' ? 'SSL handshake failed' : undefined
      return new ConnectionError(failure, address, reason, { sentence, hint, cause: error })
    },
  }
}

/** What a TLS client presents and accepts. */
export async function contextOptions(settings: SecuritySettings): Promise<SecureContextOptions> {
  const factory = settings['ssl.engine.factory.class']
  if (factory && !KAFKAS_FACTORIES.includes(factory)) {
    throw new SettingError(`ssl.engine.factory.class=${factory} is not supported: it names a Java class`)
  }
  const ca = await readTruststore(settings)
  const identity = await readKeystore(settings)
  const ciphers = cipherNames(settings['ssl.cipher.suites'])
  return {
    ...versions(settings),
    ...(ca === undefined ? {} : { ca }),
    ...(identity === undefined ? {} : { key: identity.key, cert: identity.certificateChain }),
    ...(ciphers === undefined ? {} : { ciphers }),
    // Java trusts every certificate of a trust store, not those of roots alone.
    ...({ allowPartialTrustChain: true } satisfies Record<string, unknown>),
  }
}

const KAFKAS_FACTORIES = ['DefaultSslEngineFactory', 'CommonNameLoggingSslEngineFactory'].map(
  (name) => `org.apache.kafka.common.security.ssl.${name}`,
)

const VERSIONS: readonly SecureVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']

/** Java's client may speak what is enabled, up to ssl.protocol. */
function versions(settings: SecuritySettings): Pick<SecureContextOptions, 'minVersion' | 'maxVersion'> {
  const place = (name: 'ssl.protocol' | 'ssl.enabled.protocols', version: string): number => {
    const at = VERSIONS.indexOf(version as SecureVersion)
    if (at < 0) throw new SettingError(`${name}=${version} is not supported, only ${VERSIONS.join(', ')} are`)
    return at
  }
  const protocol = settings['ssl.protocol']
  // `TLS` is Java's name for whatever it can.
  const limit = protocol === 'TLS' ? VERSIONS.length - 1 : place('ssl.protocol', protocol)
  const enabled = settings['ssl.enabled.protocols']
    .split(',')
    .map((version) => place('ssl.enabled.protocols', version.trim()))
    .filter((at) => at <= limit)
  if (enabled.length === 0)
    throw new SettingError(`none of ssl.enabled.protocols is allowed by ssl.protocol=${protocol}`)
  return { minVersion: VERSIONS[Math.min(...enabled)]!, maxVersion: VERSIONS[Math.max(...enabled)]! }
}

function isHostChecked(settings: SecuritySettings): boolean {
  const algorithm = settings['ssl.endpoint.identification.algorithm']
  if (algorithm !== '' && algorithm.toLowerCase() !== 'https') {
    throw new SettingError(
      `ssl.endpoint.identification.algorithm=${algorithm} is not supported, only https and an empty value are`,
    )
  }
  return algorithm !== ''
}

const isIp = (host: string): boolean => host.includes(':') || /^\d+(\.\d+){3}$/.test(host)
