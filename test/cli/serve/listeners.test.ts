import { expect, test } from 'vitest'
import { UsageError } from '../../../src/cli/failures.ts'
import { chooseListeners, parseAdvertised } from '../../../src/cli/serve/listeners.ts'

const FROM_FILE = {
  name: 'HOME',
  host: '0.0.0.0',
  port: 19092,
  advertisedHost: 'kafka.example',
  advertisedPort: 29092,
}

test('without a file or options, nobody but this machine gets in', () => {
  expect(chooseListeners([], {}, 9092)).toMatchObject([{ name: 'PLAINTEXT', host: '127.0.0.1', port: 9092 }])
})

test('options win over the file, each for itself', () => {
  expect(chooseListeners([FROM_FILE], {}, 9092)).toEqual([FROM_FILE])
  expect(chooseListeners([FROM_FILE], { port: 1 }, 9092)).toEqual([{ ...FROM_FILE, port: 1 }])
  const advertise = { host: 'other', port: undefined }
  expect(chooseListeners([FROM_FILE], { advertise }, 9092)).toEqual([
    { ...FROM_FILE, advertisedHost: 'other', advertisedPort: undefined },
  ])
})

test('options that mean one listener are refused beside a file with several', () => {
  const several = [FROM_FILE, { ...FROM_FILE, name: 'WORK', port: 19093 }]
  expect(chooseListeners(several, {}, 9092)).toEqual(several)
  expect(() => chooseListeners(several, { port: 1 }, 9092)).toThrow(UsageError)
})

test.each([
  ['kafka', { host: 'kafka', port: undefined }],
  ['kafka:19092', { host: 'kafka', port: 19092 }],
  ['[::1]:19092', { host: '::1', port: 19092 }],
])('--advertise %s', (text, expected) => {
  expect(parseAdvertised(text)).toEqual(expected)
})

test.each(['', 'a:b', 'a:0', 'a:70000', '::1', 'PLAINTEXT://a:1'])('--advertise %s is refused', (text) => {
  expect(() => parseAdvertised(text)).toThrow(`--advertise: '${text}' is not HOST or HOST:PORT`)
})
