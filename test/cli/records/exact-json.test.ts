import { expect, test } from 'vitest'
import { jsonText, parseExactJson, safeJsonText } from '../../../src/cli/records/exact-json.ts'

const BIG = 9_007_199_254_740_993n

test('integers past 2^53 are read to the digit, wherever they are', () => {
  expect(parseExactJson('9007199254740993')).toBe(BIG)
  expect(parseExactJson('[-9007199254740993, 9007199254740991 ,9007199254740992]')).toEqual([
    -BIG,
    9_007_199_254_740_991,
    9_007_199_254_740_992n,
  ])
  expect(parseExactJson('{"a":{"b":[9223372036854775808]},"9007199254740993":"9007199254740993"}')).toEqual({
    a: { b: [9_223_372_036_854_775_808n] },
    '9007199254740993': '9007199254740993',
  })
})

test('digits in strings and in other numbers are left alone', () => {
  const text = String.raw`{"a":"\"9007199254740993","b":"9007199254740993\\","c":9007199254740993,"d":"\u0022 1234567890123456789"}`
  expect(parseExactJson(text)).toEqual({
    a: '"9007199254740993',
    b: '9007199254740993\\',
    c: BIG,
    d: '" 1234567890123456789',
  })
  for (const number of [
    '0.1234567890123456789',
    '1234567890123456789.5',
    '1e1234567890123456',
    '12345678901234567e-1',
  ]) {
    expect(parseExactJson(`[${number}]`)).toEqual(JSON.parse(`[${number}]`))
  }
})

test.each([
  '',
  '0123456789012345678',
  '{"a":12345678901234567890',
  '"1234567890123456789',
  '[1234567890123456789',
])('%j is no JSON', (text) => {
  expect(() => parseExactJson(text)).toThrow(SyntaxError)
})

test('integers are written with all digits, and as strings for other programs', () => {
  const json = { a: BIG, b: [-BIG, 1, 'integer:5'], c: null }
  expect(jsonText(json)).toBe('{"a":9007199254740993,"b":[-9007199254740993,1,"integer:5"],"c":null}')
  expect(safeJsonText(json)).toBe('{"a":"9007199254740993","b":["-9007199254740993",1,"integer:5"],"c":null}')
  expect(safeJsonText({ small: 5n })).toBe('{"small":5}')
})

test('a long document is read in time that grows with its length', () => {
  const strings = Array.from({ length: 200_000 }, (_, i) => `"key ${i}":"1234567890123456789"`).join(',')
  const startMs = performance.now()
  const read = parseExactJson(`{${strings},"last":${BIG}}`) as Record<string, unknown>
  expect(read.last).toBe(BIG)
  expect(performance.now() - startMs).toBeLessThan(5000)
})
