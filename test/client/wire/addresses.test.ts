import { expect, test } from 'vitest'
import { formatAddress, parseAddresses } from '../../../src/client/wire/addresses.ts'

test.each([
  ['localhost:9092', [{ host: 'localhost', port: 9092 }]],
  [
    ' a.b-c:1 , d_e:65535,',
    [
      { host: 'a.b-c', port: 1 },
      { host: 'd_e', port: 65_535 },
    ],
  ],
  ['[::1]:9092', [{ host: '::1', port: 9092 }]],
  ['PLAINTEXT://kafka:9092', [{ host: 'kafka', port: 9092 }]],
])('%s is understood', (text, addresses) => {
  expect(parseAddresses(text)).toEqual(addresses)
})

test.each(['localhost', 'localhost:', ':9092', 'a b:1', 'host:-1', '::1:9092'])(
  '%s is refused with its text',
  (text) => {
    expect(() => parseAddresses(text)).toThrow(`Invalid url in bootstrap.servers: ${text}`)
  },
)

test('a port that is too high is refused with its text', () => {
  expect(() => parseAddresses('host:65536')).toThrow('Invalid port in bootstrap.servers: host:65536')
})

test('an empty list is refused', () => {
  expect(() => parseAddresses(' , ')).toThrow('No resolvable bootstrap urls given in bootstrap.servers')
})

test('addresses are written as they are read', () => {
  expect(parseAddresses('[::1]:1,h:2').map(formatAddress)).toEqual(['[::1]:1', 'h:2'])
})
