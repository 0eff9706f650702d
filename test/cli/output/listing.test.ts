import { expect, test } from 'vitest'

import type { Format, Listing } from '../../../src/cli/output/listing.ts'
import { render } from '../../../src/cli/output/listing.ts'

const LISTING: Listing = {
  text: () => 'as Kafka prints it\n',
  columns: ['name', 'size', 'ids', 'error'],
  items: [
    { name: 'a "b", c', size: 2 ** 60, ids: [1, 2], error: null },
    { name: 'd', size: 0, ids: [], error: 'x\ny' },
  ],
  names: () => ['a', 'd'],
}

const printed = (format: Format, listing = LISTING) =>
  render(format, listing, { color: false, borders: false })

test.each([
  ['text', 'as Kafka prints it\n'],
  ['name', 'a\nd\n'],
  ['csv', 'name,size,ids,error\n"a ""b"", c",1152921504606846976,1 2,\nd,0,,x\\x0ay\n'],
  [
    'jsonl',
    '{"name":"a \\"b\\", c","size":"1152921504606846976","ids":[1,2],"error":null}\n{"name":"d","size":0,"ids":[],"error":"x\\ny"}\n',
  ],
] as const)('%s', async (format, text) => {
  expect(await printed(format)).toBe(text)
})

test('json is one document, also of nothing', async () => {
  expect(JSON.parse(await printed('json'))).toHaveLength(2)
  expect(await printed('json', { ...LISTING, items: [] })).toBe('[]\n')
})

const ONE = { ...LISTING, items: [{ name: 'd', size: 7, ids: [], error: null }] }

test('a table has numbers to the right, and borders only for people', async () => {
  expect(await printed('table', ONE)).toBe('name  size  ids  error\nd        7\n')
  const lines = (await render('table', ONE, { borders: true, color: false })).split('\n')
  expect([lines[1], lines[3]]).toEqual(['│ name │ size │ ids │ error │', '│ d    │    7 │     │       │'])
  expect(await render('table', ONE, { borders: true, color: true })).toContain('\u001b[1mname\u001b[22m')
})

test('table and csv print the flat rows where items are nested', async () => {
  const listing = { ...LISTING, columns: ['name'], rows: [{ name: 'x' }, { name: 'y' }] }
  expect(await printed('csv', listing)).toBe('name\nx\ny\n')
})
