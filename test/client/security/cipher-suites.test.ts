import { getCiphers } from 'node:tls'
import { expect, test } from 'vitest'
import { cipherNames } from '../../../src/client/security/cipher-suites.ts'

test.each([
  ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  ['TLS_DHE_RSA_WITH_AES_256_CBC_SHA256', 'DHE-RSA-AES256-SHA256'],
  ['TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA', 'ECDHE-RSA-AES256-SHA'],
  ['TLS_RSA_WITH_AES_128_GCM_SHA256', 'AES128-GCM-SHA256'],
  ['TLS_AES_256_GCM_SHA384', 'TLS_AES_256_GCM_SHA384'],
])('%s of Java is known to OpenSSL', (java, openssl) => {
  expect(cipherNames(java)).toBe(openssl)
  expect(getCiphers()).toContain(openssl.toLowerCase())
})

test('a list is taken in its order, and an empty one as none', () => {
  expect(cipherNames('TLS_AES_128_GCM_SHA256, TLS_RSA_WITH_AES_256_CBC_SHA')).toBe(
    'TLS_AES_128_GCM_SHA256:AES256-SHA',
  )
  expect(cipherNames(' ')).toBeUndefined()
  expect(cipherNames(undefined)).toBeUndefined()
})

test('a suite that is unknown is told in the words of Java', () => {
  expect(() => cipherNames('TLS_NONE_SUCH')).toThrow('Unsupported CipherSuite: TLS_NONE_SUCH')
})
