import { SettingError } from '../config/setting-error.ts'

const SUITE =
  /^(?:TLS|SSL)_(?:(ECDHE|DHE)_)?(RSA|ECDSA)_WITH_(AES_128|AES_256|CHACHA20_POLY1305)(?:_(GCM|CBC))?_(SHA|SHA256|SHA384)$/
const TLS_1_3 =
  /^TLS_(AES_128_GCM_SHA256|AES_256_GCM_SHA384|CHACHA20_POLY1305_SHA256|AES_128_CCM(_8)?_SHA256)$/

/** Java's names of cipher suites as OpenSSL's. */
export function cipherNames(list: string | undefined): string | undefined {
  const names = (list ?? '').split(',').map((name) => name.trim())
  const suites = names.filter((name) => name !== '')
  return suites.length === 0 ? undefined : suites.map(cipherName).join(':')
}

function cipherName(name: string): string {
  if (TLS_1_3.test(name)) return name
  const [, exchange, signature, cipher, mode, digest] = SUITE.exec(name) ?? []
  if (cipher === undefined) throw new SettingError(`Unsupported CipherSuite: ${name}`)
  const isChaCha = cipher.startsWith('CHACHA20')
  const parts = [
    ...(exchange === undefined ? [] : [exchange, signature]),
    isChaCha ? 'CHACHA20-POLY1305' : cipher.replace('_', ''),
    ...(mode === 'GCM' ? ['GCM'] : []),
    ...(isChaCha ? [] : [digest]),
  ]
  return parts.join('-')
}
