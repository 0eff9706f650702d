import { expect, test } from 'vitest'
import { parseAdvertised } from '../../../src/cli/serve/advertise-option.ts'

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
