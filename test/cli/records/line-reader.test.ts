import { expect, test } from 'vitest'
import { LineReader } from '../../../src/cli/records/line-reader.ts'

type Settings = Record<string, string>
const reader = (settings: Settings): Promise<LineReader> => LineReader.open(new Map(Object.entries(settings)))

async function parse(settings: Settings, line: string): Promise<unknown> {
  const { headers, key, value } = (await reader(settings)).parse(Buffer.from(line), 7)
  return [headers.map(([name, bytes]) => `${name}=${bytes}`).join(' '), text(key), text(value)]
}
const text = (bytes: Buffer | null): string | null => (bytes === null ? null : bytes.toString())

const KEY = { 'parse.key': 'true' }
const HEADERS = { 'parse.headers': ' TRUE ' }
const BOTH = { ...KEY, ...HEADERS }
const COLON = { ...KEY, 'key.separator': ':' }

test.each<[Settings, string, [string, string | null, string | null]]>([
  [{}, 'a\tb', ['', null, 'a\tb']],
  [{}, '', ['', null, '']],
  [KEY, 'k\tv\tw', ['', 'k', 'v\tw']],
  [KEY, '\tv', ['', '', 'v']],
  [KEY, 'k\t', ['', 'k', '']],
  [{ ...KEY, 'key.separator': '--' }, 'k--v', ['', 'k', 'v']],
  [{ ...KEY, 'key.separator': 'ü' }, 'grüße', ['', 'gr', 'ße']],
  [{ ...KEY, 'ignore.error': 'true' }, 'no key', ['', null, 'no key']],
  [HEADERS, 'a:1,b:2\tv', ['a=1 b=2', null, 'v']],
  [BOTH, 'a:1,a:2\tk\tv', ['a=1 a=2', 'k', 'v']],
  [BOTH, 'a:x:y,b:\tk\tv', ['a=x:y b=', 'k', 'v']],
  [HEADERS, 'a:1,,\tv', ['a=1', null, 'v']],
  [HEADERS, ',\tv', ['', null, 'v']],
  [{ ...HEADERS, 'headers.separator': '[;|]' }, 'a:1;b:2|c:3\tv', ['a=1 b=2 c=3', null, 'v']],
  [{ ...HEADERS, 'headers.separator': '→' }, 'ä:ö→b:ü\tv', ['ä=ö b=ü', null, 'v']],
  [{ ...HEADERS, 'ignore.error': 'true' }, 'a\tv', ['a=null', null, 'v']],
  [{ ...BOTH, 'ignore.error': 'true' }, 'nothing', ['', null, 'nothing']],
  [{ ...COLON, 'null.marker': 'NULL' }, 'k:NULL', ['', 'k', null]],
  [{ ...COLON, 'null.marker': 'NULL' }, 'NULL:v', ['', null, 'v']],
  [{ ...COLON, 'null.marker': 'NULL' }, 'k:not NULL', ['', 'k', 'not NULL']],
  [{ ...HEADERS, 'null.marker': 'NULL' }, 'NULL\tv', ['', null, 'v']],
  [{ ...HEADERS, 'null.marker': 'NULL' }, 'a:NULL\tv', ['a=null', null, 'v']],
])('with %j the line %j reads %j', async (settings, line, expected) => {
  expect(await parse(settings, line)).toEqual(expected)
})

test.each<[Settings, string, string]>([
  [KEY, 'abc', "No key separator found on line number 7: 'abc'"],
  [HEADERS, 'abc', "No headers delimiter found on line number 7: 'abc'"],
  [HEADERS, 'h1\tv', "No header key separator found in pair 'h1' on line number 7"],
  [HEADERS, '\tv', "No header key separator found in pair '' on line number 7"],
  [
    { ...HEADERS, 'null.marker': 'N' },
    'N:1\tv',
    "Header keys should not be equal to the null marker 'N' as they can't be null",
  ],
])('with %j the line %j is refused', async (settings, line, message) => {
  await expect(parse(settings, line)).rejects.toThrow(message)
})

test.each<[Settings, string]>([
  [{ 'headers.delimiter': ',' }, 'headers.delimiter and headers.separator may not be equal'],
  [{ 'headers.delimiter': ':' }, 'headers.delimiter and headers.key.separator may not be equal'],
  [{ 'headers.separator': ':' }, 'headers.separator and headers.key.separator may not be equal'],
  [{ 'null.marker': '\t' }, 'null.marker and key.separator may not be equal'],
  [{ 'headers.separator': '(' }, "headers.separator: '(' is not a regular expression"],
])('the settings %j are refused', async (settings, message) => {
  await expect(reader(settings)).rejects.toThrow(message)
})

test('bytes that are not UTF-8 pass unchanged in headers, key and value', async () => {
  const line = Buffer.from('h:\xff\xfe\tk\x80\tv\x81', 'latin1')
  const { headers, key, value } = (await reader(BOTH)).parse(line, 1)
  expect([headers[0]?.[1], key, value]).toEqual([
    Buffer.from([0xff, 0xfe]),
    Buffer.from([0x6b, 0x80]),
    Buffer.from([0x76, 0x81]),
  ])
})

test('a reader without keys, headers and marker needs no parsing', async () => {
  expect((await reader({})).isPlain).toBe(true)
  expect((await reader(KEY)).isPlain).toBe(false)
  expect((await reader({ 'null.marker': '' })).isPlain).toBe(false)
})
