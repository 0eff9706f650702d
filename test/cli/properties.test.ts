import { expect, test } from 'vitest'

import { parseProperties } from '../../src/cli/properties.ts'

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
