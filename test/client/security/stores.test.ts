import { createPrivateKey, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { pickSettings } from '../../../src/client/config/properties.ts'
import { SECURITY_PROPERTIES } from '../../../src/client/security/security-properties.ts'
import { readKeystore, readTruststore } from '../../../src/client/security/stores.ts'
import { certificateFile, certificateText } from '../../support/certificates.ts'

type Given = Record<string, string>

const settingsOf = (store: 'keystore' | 'truststore', given: Given) =>
  pickSettings(
    SECURITY_PROPERTIES,
    new Map(
      Object.entries(given).map(([name, value]) => [
        name === 'key.password' ? `ssl.${name}` : `ssl.${store}.${name}`,
        value,
      ]),
    ),
  )

const keystore = (given: Given) => readKeystore(settingsOf('keystore', given))
const truststore = (given: Given) => readTruststore(settingsOf('truststore', given))

const file = (name: string, more: Given = {}): Given => ({ location: certificateFile(name), ...more })
const PASSWORD = { password: 'store-password' }

const subjects = (pems: string): string[] =>
  (pems.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? []).map(
    (pem) => new X509Certificate(pem).subject,
  )

test.each<[what: string, given: Given, subject: string]>([
  ['a PEM file', file('ca.pem', { type: 'PEM' }), 'CN=ktool-test-ca'],
  [
    'certificates in the setting',
    { type: 'PEM', certificates: certificateText('ca.pem') },
    'CN=ktool-test-ca',
  ],
  [
    'certificates on one line',
    { type: 'PEM', certificates: certificateText('ca.pem').replaceAll('\n', ' ') },
    'CN=ktool-test-ca',
  ],
  ["keytool's PKCS12", file('trust.p12', { type: 'PKCS12', ...PASSWORD }), 'CN=ktool-test-ca'],
  ['PKCS12 of the default type', file('trust.p12', PASSWORD), 'CN=ktool-test-ca'],
  ['JKS', file('trust.jks', PASSWORD), 'CN=ktool-test-ca'],
  ['JKS called PKCS12', file('trust.jks', { type: 'PKCS12', ...PASSWORD }), 'CN=ktool-test-ca'],
  ['JKS without a password', file('trust.jks'), 'CN=ktool-test-ca'],
  ['a certificate of RSA', file('rsa.p12', PASSWORD), 'CN=rsa'],
])('%s is trusted', async (_, given, subject) => {
  const certificates = await truststore(given)
  expect(certificates!.map((pem) => new X509Certificate(pem).subject)).toEqual([subject])
})

const CHAIN = ['CN=client', 'CN=ktool-test-intermediate']
const CHAIN_WITH_ROOT = [...CHAIN, 'CN=ktool-test-ca']

test.each<[what: string, given: Given, chain: string[]]>([
  ['a PEM file', file('client-chain.pem', { type: 'PEM' }), CHAIN],
  [
    'PEM in the settings',
    {
      type: 'PEM',
      key: certificateText('client.key'),
      'certificate.chain': certificateText('client-chain.pem'),
    },
    CHAIN,
  ],
  [
    'an encrypted key on one line',
    {
      type: 'PEM',
      key: certificateText('client-encrypted.key').replaceAll('\n', ' '),
      'key.password': 'key-password',
      'certificate.chain': certificateText('client-chain.pem').replaceAll('\n', ' '),
    },
    CHAIN,
  ],
  ["openssl's PKCS12", file('openssl.p12', { type: 'PKCS12', ...PASSWORD }), CHAIN_WITH_ROOT],
  ['PKCS12 with triple DES', file('triple-des.p12', { type: 'PKCS12', ...PASSWORD }), CHAIN],
  ["openssl's old PKCS12", file('legacy.p12', { type: 'PKCS12', ...PASSWORD }), CHAIN],
  ["keytool's PKCS12", file('keytool.p12', PASSWORD), CHAIN_WITH_ROOT],
  ['JKS', file('keys.jks', PASSWORD), CHAIN_WITH_ROOT],
])('%s gives a key and its certificates in order', async (_, given, chain) => {
  const { key, certificateChain } = (await keystore(given))!
  expect(subjects(certificateChain)).toEqual(chain)
  const [pem] = certificateChain.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/)!
  expect(new X509Certificate(pem!).checkPrivateKey(createPrivateKey(key))).toBe(true)
})

test('a key of RSA comes out of PKCS12', async () => {
  const { key, certificateChain } = (await keystore(file('rsa.p12', PASSWORD)))!
  expect(subjects(certificateChain)).toEqual(['CN=rsa'])
  expect(createPrivateKey(key).asymmetricKeyType).toBe('rsa')
})

test('nothing is read when nothing is set', async () => {
  expect(await truststore({})).toBeUndefined()
  expect(await keystore({})).toBeUndefined()
})

const failed = (path: string, type = 'JKS') =>
  `Failed to load SSL keystore ${certificateFile(path)} of type ${type}`

test.each<[what: 'truststore' | 'keystore', given: Given, message: string, hint?: RegExp]>([
  ['truststore', file('trust.p12', { password: 'hunter2' }), failed('trust.p12'), /the password is wrong/],
  ['truststore', file('trust.jks', { password: 'hunter2' }), failed('trust.jks'), /the password is wrong/],
  ['keystore', file('legacy.p12', { password: 'hunter2' }), failed('legacy.p12'), /the password is wrong/],
  ['keystore', file('keytool.p12', { password: 'hunter2' }), failed('keytool.p12'), /the password is wrong/],
  [
    'keystore',
    file('keys.jks', { ...PASSWORD, 'key.password': 'hunter2' }),
    failed('keys.jks'),
    /of the key is wrong/,
  ],
  ['truststore', file('trust.p12'), failed('trust.p12'), /without a password/],
  ['truststore', file('none.p12', PASSWORD), failed('none.p12'), /no such file/],
  ['truststore', file('ca.pem', PASSWORD), failed('ca.pem'), /a PEM file: set its type to PEM/],
  ['truststore', file('make.sh', PASSWORD), failed('make.sh'), /no PKCS12 file/],
  [
    'truststore',
    file('make.sh', { type: 'PEM' }),
    `${certificateFile('make.sh')} holds no certificate in PEM format`,
  ],
  [
    'truststore',
    file('x', { type: 'BCFKS' }),
    'the store type BCFKS is not supported, only PEM, PKCS12 and JKS are',
  ],
  ['truststore', PASSWORD, 'SSL trust store is not specified, but trust store password is specified.'],
  [
    'truststore',
    file('ca.pem', { type: 'PEM', password: 'hunter2' }),
    'SSL trust store password cannot be specified for PEM format.',
  ],
  [
    'truststore',
    { certificates: 'x' },
    'SSL trust store certs can be specified only for PEM, but trust store type is JKS.',
  ],
  [
    'truststore',
    file('ca.pem', { type: 'PEM', certificates: 'x' }),
    'Both SSL trust store location and separate trust certificates are specified.',
  ],
  ['keystore', PASSWORD, 'SSL key store is not specified, but key store password is specified.'],
  ['keystore', file('x'), 'SSL key store is specified, but key store password is not specified.'],
  [
    'keystore',
    { key: 'hunter2' },
    'SSL private key can be specified only for PEM, but key store type is JKS.',
  ],
  [
    'keystore',
    { type: 'PEM', key: 'hunter2' },
    'SSL private key is specified, but certificate chain is not specified.',
  ],
  [
    'keystore',
    { type: 'PEM', 'certificate.chain': 'x' },
    'SSL certificate chain is specified, but private key is not specified',
  ],
  [
    'keystore',
    { type: 'PEM', key: 'hunter2', 'certificate.chain': 'x' },
    'ssl.keystore.key holds no private key in PEM format',
  ],
  [
    'keystore',
    {
      type: 'PEM',
      key: certificateText('client-encrypted.key'),
      'certificate.chain': 'x',
      'key.password': 'hunter2',
    },
    'the private key of ssl.keystore.key cannot be read',
    /check ssl.key.password/,
  ],
  [
    'keystore',
    {
      type: 'PEM',
      key: certificateText('localhost.key'),
      'certificate.chain': certificateText('client-chain.pem'),
    },
    'no certificate of ssl.keystore.key belongs to its private key',
  ],
  [
    'keystore',
    file('trust.p12', PASSWORD),
    `the key store ${certificateFile('trust.p12')} holds no private key`,
  ],
])('a %s of %j is refused and no password is told', async (what, given, message, hint = /^/) => {
  const error = await (what === 'keystore' ? keystore(given) : truststore(given)).then(
    () => expect.unreachable(),
    (reason) => reason,
  )
  expect(error).toMatchObject({ name: 'SettingError', message })
  expect(error.hint ?? '').toMatch(hint)
  expect(`${error.stack} ${error.hint} ${error.cause}`).not.toContain('hunter2')
})
