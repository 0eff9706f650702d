import { expect, test } from 'vitest'
import type { ConsumedRecord } from '../../src/cli/records/formatter.ts'
import { parseCondition } from '../../src/cli/where/condition.ts'

const RECORD: ConsumedRecord = {
  topic: 'orders',
  partition: 0,
  offset: 7,
  timestamp: 5,
  timestampType: 'CreateTime',
  key: Buffer.from('order-17'),
  value: Buffer.from(
    '{"customer":{"id":17,"name":"Ada"},"lines":[{"sku":"a"},{"sku":"b"}],"note":null,"paid":true,"a.b":"odd","big":12345678901234567891,"empty":""}',
  ),
  headers: [
    ['source', Buffer.from('web\nshop')],
    ['source', Buffer.from('app')],
    ['none', null],
    ['a=b', Buffer.from('c')],
    ['json', Buffer.from('{"v":2}')],
  ],
}
const TOMBSTONE: ConsumedRecord = { ...RECORD, value: null, headers: [] }
const BINARY: ConsumedRecord = { ...RECORD, key: null, value: Buffer.from([0xff, 0x41, 0x0a, 0x42]) }

const holds = async (condition: string, record = RECORD): Promise<boolean> =>
  (await parseCondition(condition).load())(record)

test.each([
  'key=order-17',
  'key=order-*',
  'key=*7',
  'key=order-??',
  'key=/^ORDER-\\d+$/i',
  'key="order-17"',
  'key!=order',
  'key!=null',
  'value=*"Ada"*',
  'header.source',
  'header.source=app',
  'header.source=web*',
  'header.source=/^web/',
  'header.source!=mobile',
  'header.none',
  'header.none=null',
  'header.missing!=*',
  'header."a=b"=c',
  'header.json.$.v=2',
  'value.$.customer.id=17',
  'value.$.customer.id!=18',
  'value.$.customer.id=/^1/',
  'value.$.customer.name=A*',
  'value.$.customer.name="Ada"',
  'value.$["customer"]["name"]=Ada',
  'value.$.lines[0].sku=a',
  'value.$.lines[-1].sku=b',
  'value.$.lines[*].sku=b',
  'value.$.lines.*.sku=b',
  'value.$.lines[1]={"sku":"b"}',
  'value.$.customer',
  'value.$.note',
  'value.$.note=null',
  'value.$.paid=true',
  'value.$["a.b"]=odd',
  'value.$.big=12345678901234567891',
  'value.$.empty=',
  'value.$.nothing!=null',
])('%s holds', async (condition) => {
  expect(await holds(condition)).toBe(true)
})

test.each([
  'key=order',
  'key=order-?',
  'key=ORDER-17',
  'key!=order-*',
  'key=null',
  'key="order-*"',
  'header.missing',
  'header.missing=*',
  'header.missing=null',
  'header.source!=app',
  'header.none=*',
  'value.$.customer.id="17"',
  'value.$.customer.id=1',
  'value.$.big=12345678901234567890',
  'value.$.lines[2]',
  'value.$.lines.sku=a',
  'value.$.note=*',
  'value.$.nothing=null',
  'value.$.toString',
  'value.$.customer.name.length=3',
])('%s does not hold', async (condition) => {
  expect(await holds(condition)).toBe(false)
})

test('what a record lacks', async () => {
  expect(await holds('value=null', TOMBSTONE)).toBe(true)
  expect(await holds('value="null"', TOMBSTONE)).toBe(false)
  expect(await holds('value=*', TOMBSTONE)).toBe(false)
  expect(await holds('value.$', TOMBSTONE)).toBe(false)
  expect(await holds('value.$.id!=17', TOMBSTONE)).toBe(true)
  expect(await holds('key=null', BINARY)).toBe(true)
  expect(await holds('value=*A?B', BINARY)).toBe(true)
  expect(await holds('value.$.id=17', BINARY)).toBe(false)
})

test('a glob takes * and ? literally behind a backslash, and everything else as it is', async () => {
  const keyed = (key: string) => ({ ...RECORD, key: Buffer.from(key) })
  expect(await holds('key=a\\*b', keyed('a*b'))).toBe(true)
  expect(await holds('key=a\\*b', keyed('axb'))).toBe(false)
  expect(await holds('key=\\/a/*', keyed('/a/b'))).toBe(true)
  expect(await holds('key=(a.b)[c]{1}^$|+*', keyed('(a.b)[c]{1}^$|+'))).toBe(true)
  expect(await holds('key=?', keyed('😀'))).toBe(true)
  expect(await holds('key==', keyed('='))).toBe(true)
  expect(await holds('key=', keyed(''))).toBe(true)
})

test.each([
  ['', "--where: '', at the end: a condition begins with key, value or header.NAME"],
  ['heder.x=1', 'at character 1: a condition begins with key, value or header.NAME'],
  ['header', 'at the end: the name of a header is expected here, as in header.source'],
  ['header.=1', 'at character 8: the name of a header is expected here; an odd one is written "in quotes"'],
  ['key', 'at the end: = or != and a pattern is expected here'],
  ['key~a', 'at character 4: = or != and a pattern is expected here'],
  ['keys=a', 'at character 1: a condition begins with'],
  ['value.customer=1', 'at character 6: = or != and a pattern is expected here, or .$ and a path into JSON'],
  ['value.$customer=1', 'at character 8: = or != and a pattern is expected here'],
  ['value.$.=1', 'at character 9: a name is expected here; an odd one is written ["in quotes"]'],
  ['value.$[x]=1', 'at character 9: a position, a "name" or * is expected here'],
  ['value.$[1=1', 'at character 10: a ] is expected here'],
  ['value.$["a]=1', 'at character 9: the quote that begins here is not closed'],
  ['key="a', 'at character 5: the quote that begins here is not closed'],
  ['key="\\x"', 'at character 5: the text in quotes is written as in JSON'],
  ['key="a"b', 'at character 8: nothing may follow the text in quotes'],
  [
    'key=/a',
    'at the end: the / that closes the regular expression is missing; a text that begins with / is written \\/',
  ],
  ['key=/a/b', 'at character 8: after the closing / only i, m, s and u may stand'],
  ['key=/(/', "at character 6: not a regular expression: Unclosed group near index 1 of '('"],
])('%s is refused: %s', (condition, message) => {
  expect(() => parseCondition(condition)).toThrow(message)
})

const valued = (value: string) => ({ ...RECORD, value: Buffer.from(value) })

test('a regular expression is one of Java', async () => {
  expect(await holds('value=/^\\p{L}+$/', valued('größe'))).toBe(true)
  expect(await holds('value=/[a-z&&[^m]]/', valued('mm'))).toBe(false)
  expect(await holds('value=/GRÖSSE/i', valued('grösse'))).toBe(true)
  expect(await holds('value=/^b/m', valued('a\nb'))).toBe(true)
  expect(await holds('value=/a.b/s', valued('a\nb'))).toBe(true)
  expect(() => parseCondition('value=/a\\y/')).toThrow('Illegal/unsupported escape sequence near index 2')
})

test.each([
  ['value=*error*timeout*', 'error '.repeat(150_000)],
  ['value=*a*a*a*a*b', 'a'.repeat(20_000)],
  ['value=/(a+)+b/', 'a'.repeat(900_000)],
  ['value.$.a=1', `["${'\\"'.repeat(450_000)}", 1234567890123456789`],
  ['value.$.a=*x', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
  ['value.$=*x', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
])('%s is decided soon, whatever the record holds', async (condition, value) => {
  const start = process.cpuUsage()
  expect(await holds(condition, valued(value))).toBe(false)
  const { user, system } = process.cpuUsage(start)
  expect((user + system) / 1000).toBeLessThan(1500)
})
