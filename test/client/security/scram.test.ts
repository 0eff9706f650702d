import { expect, test } from 'vitest'
import { SCRAM_MECHANISMS, ScramExchange } from '../../../src/client/security/scram.ts'
import { Secret } from '../../../src/client/security/secret.ts'

const [SHA_256, SHA_512] = SCRAM_MECHANISMS

const login = (username: string, password: string, isToken = false) => ({
  username,
  password: new Secret(password),
  isToken,
})

/** The example of RFC 7677, section 3. */
const RFC_7677 = {
  nonce: 'rOprNGfwEbeRWgbNEkqO',
  serverFirst: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
  clientFinal:
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  serverFinal: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
}

const pencil = () => new ScramExchange(SHA_256!, login('user', 'pencil'), RFC_7677.nonce)

test('the example of RFC 7677 is spoken word for word', async () => {
  const scram = pencil()
  expect(scram.first().toString()).toBe(`n,,n=user,r=${RFC_7677.nonce}`)
  expect((await scram.final(Buffer.from(RFC_7677.serverFirst))).toString()).toBe(RFC_7677.clientFinal)
  scram.verify(Buffer.from(RFC_7677.serverFinal))
})

test('SHA-512 makes proofs of its own length', async () => {
  const scram = new ScramExchange(SHA_512!, login('user', 'pencil'), 'abc')
  const final = await scram.final(Buffer.from('r=abcdef,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'))
  expect(Buffer.from(/p=(.*)$/.exec(final.toString())![1]!, 'base64')).toHaveLength(64)
})

test('what separates is escaped in names, and tokens say that they are some', () => {
  const scram = new ScramExchange(SHA_256!, login('a=b,c', 'x', true), 'n')
  expect(scram.first().toString()).toBe('n,,n=a=3Db=2Cc,r=n,tokenauth=true')
})

test('no two logins have the same nonce', () => {
  const first = () => new ScramExchange(SHA_256!, login('a', 'b')).first().toString()
  expect(first()).not.toBe(first())
})

test.each([
  ['r=stranger,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096', 'Invalid server nonce: does not start with client nonce'],
  [`r=${RFC_7677.nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`, 'Invalid server nonce'],
  [
    RFC_7677.serverFirst.replace('4096', '4095'),
    'Requested iterations 4095 is less than the minimum 4096 for SCRAM-SHA-256',
  ],
  [RFC_7677.serverFirst.replace('4096', '2000000000'), 'the broker asks for 2000000000 iterations'],
  [RFC_7677.serverFirst.replace('4096', '-1'), 'Invalid SCRAM server first message format'],
  ['e=other-error', 'Invalid SCRAM server first message format'],
  ['', 'Invalid SCRAM server first message format'],
])('a first answer of %j ends the login', async (answer, message) => {
  await expect(pencil().final(Buffer.from(answer))).rejects.toThrow(message)
})

test.each([
  ['v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=', 'Invalid server signature in server final message'],
  ['v=AAAA', 'Invalid server signature in server final message'],
  ['e=unknown-user', 'Sasl authentication using SCRAM-SHA-256 failed with error: unknown-user'],
  ['x=1', 'Invalid SCRAM server final message format'],
])('a broker that answers %j at last has not shown that it knows the password', async (answer, message) => {
  const scram = pencil()
  await scram.final(Buffer.from(RFC_7677.serverFirst))
  expect(() => scram.verify(Buffer.from(answer))).toThrow(message)
})

test('a last answer before the first proves nothing', () => {
  expect(() => pencil().verify(Buffer.from(RFC_7677.serverFinal))).toThrow('Invalid server signature')
})
