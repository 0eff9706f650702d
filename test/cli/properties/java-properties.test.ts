import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parseProperties, readProperties } from '../../../src/cli/properties/java-properties.ts'

test.each([
  ['a=1', { a: '1' }],
  ['a:1', { a: '1' }],
  ['a 1', { a: '1' }],
  ['  a  =  1 ', { a: '1 ' }],
  ['a', { a: '' }],
  ['a=', { a: '' }],
  ['a=b=c', { a: 'b=c' }],
  ['# no\n! no\n\na=1\r\nb=2', { a: '1', b: '2' }],
  ['a=1,\\\n   2,\\\n   3', { a: '1,2,3' }],
  ['a=1\\\\\nb=2', { a: '1\\', b: '2' }],
  ['a\\ b\\=c=d', { 'a b=c': 'd' }],
  ['a=\\u0041\\t\\n\\q', { a: 'A\t\nq' }],
  ['a=1\na=2', { a: '2' }],
  ['a=1\\\n', { a: '1' }],
  ['a=1 # part of it', { a: '1 # part of it' }],
])('%j is read as Java reads it', (text, expected) => {
  expect(Object.fromEntries(parseProperties(text))).toEqual(expected)
})

test('what is no file of settings is told by its name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ktool-properties-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const binary = join(folder, 'binary')
  writeFileSync(binary, Buffer.from([0x7f, 0x45, 0, 0x3d, 1]))
  expect(() => readProperties(folder)).toThrow(`${folder} (Is a directory)`)
  expect(() => readProperties(binary)).toThrow(`${binary} is no properties file: there is a zero byte in it`)
  expect(() => readProperties(join(folder, 'a'))).toThrow(`${join(folder, 'a')} (No such file or directory)`)
})

test.each([
  ['a=1\nb=\\u12\n', 2],
  ['a=\\\\\\u00g0', 1],
  ['\\u=1', 1],
  ['# \\u1\n\na=1\\\n  2\nb=x \\\n y\\uzzzz', 5],
])('%j is malformed, as in Java', (text, line) => {
  expect(() => parseProperties(text, 'client.properties')).toThrow(
    expect.objectContaining({
      name: 'Failure',
      message: 'Malformed \\uxxxx encoding.',
      hint: `client.properties:${line}: four hexadecimal digits follow \\u; a backslash itself is written twice`,
    }),
  )
})

test.each([
  ['a=\\\\u12', '\\u12'],
  ['a=\\u00e4', 'ä'],
  ['a=\\u00e4\\\\u1', 'ä\\u1'],
])('%j is not', (text, value) => {
  expect(parseProperties(text).get('a')).toBe(value)
})

test('a long line of backslashes is read at once', () => {
  const start = process.cpuUsage()
  expect(parseProperties(`a=${'\\\\'.repeat(500_000)}`).get('a')).toHaveLength(500_000)
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(1500)
})
