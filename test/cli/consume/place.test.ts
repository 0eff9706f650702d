import { expect, test } from 'vitest'
import { MAX_INT64 } from '../../../src/bytes/int64.ts'
import { parseFrom, parseUntil } from '../../../src/cli/consume/place.ts'

const NOW = 1_700_000_000_000

test.each([
  ['earliest', 'earliest'],
  ['latest', 'latest'],
  ['0', { offset: 0 }],
  ['-10', { fromEnd: 10 }],
  ['9223372036854775807', { offset: MAX_INT64 }],
  ['-9223372036854775807', { fromEnd: MAX_INT64 }],
  ['@9007199254740993', { timestampMs: 9007199254740993n }],
  ['@1699999999999', { timestampMs: 1_699_999_999_999 }],
  ['@2023-11-14T22:13:20Z', { timestampMs: NOW }],
  ['@-1h', { timestampMs: NOW - 3_600_000 }],
  ['@-1.5s', { timestampMs: NOW - 1500 }],
  ['@-1h30m', { timestampMs: NOW - 5_400_000 }],
  ['@2023-11-14', { timestampMs: 1_699_920_000_000 }],
  ['@2023-11-14T22:13', { timestampMs: NOW - 20_000 }],
  ['@2023-11-14 22:13:20.5', { timestampMs: NOW + 500 }],
  ['@2023-11-14T23:43:20+01:30', { timestampMs: NOW }],
  ['@2023-11-14T14:13:20-0800', { timestampMs: NOW }],
])('--from %s', (text, place) => {
  expect(parseFrom(text)(NOW)).toEqual(place)
})

test.each([
  ['end', 'latest'],
  ['7', { offset: 7 }],
  ['+7', { after: 7 }],
  ['9007199254740993', { offset: 9007199254740993n }],
  ['+9223372036854775807', { after: MAX_INT64 }],
  ['@-2d', { timestampMs: NOW - 172_800_000 }],
])('--until %s', (text, place) => {
  expect(parseUntil(text)(NOW)).toEqual(place)
})

test.each([
  'soon',
  '1.5',
  '--1',
  '+1',
  '',
  '@',
  '@yesterday',
  '@-1y',
  '9223372036854775808',
  '@9223372036854775808',
  '@-9999999999999999d',
  '@-',
  '@May 1',
  '@2023-2-3',
  '@2023-02-30',
  '@2023-13-01',
  '@2023-01-01T25:00',
  '@2023-01-01Z',
])('--from %j is refused', (text) => {
  expect(() => parseFrom(text)).toThrow(`--from: '${text}' is not `)
})

test.each(['latest', '-1', 'x', '@x'])('--until %j is refused', (text) => {
  expect(() => parseUntil(text)).toThrow(`--until: '${text}' is not `)
})
