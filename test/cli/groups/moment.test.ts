import { expect, test } from 'vitest'
import { parseDatetime, parseDuration } from '../../../src/cli/groups/moment.ts'

test.each([
  ['2024-05-01T12:00:00.000', '2024-05-01T12:00:00.000Z'],
  ['2024-05-01T12:00:00.250Z', '2024-05-01T12:00:00.250Z'],
  ['2024-05-01T12:00:00.000+02:00', '2024-05-01T10:00:00.000Z'],
  ['2024-05-01T12:00:00.000-0130', '2024-05-01T13:30:00.000Z'],
  ['2024-05-01T12:00:00.000+02', '2024-05-01T10:00:00.000Z'],
])('%s', (text, expected) => {
  expect(new Date(parseDatetime(text)).toISOString()).toBe(expected)
})

test.each([
  ['yesterday', "Error parsing timestamp. It does not contain a 'T' according to ISO8601 format"],
  ['2024-05-01T12:00:00', 'Unparseable date: "2024-05-01T12:00:00Z"'],
  ['2024-02-30T12:00:00.000', 'Unparseable date: "2024-02-30T12:00:00.000Z"'],
])('%s is refused', (text, message) => {
  expect(() => parseDatetime(text)).toThrow(message)
})

test.each([
  ['P1D', 86_400_000],
  ['PT1H30M', 5_400_000],
  ['PT0.5S', 500],
  ['pt-1.5s', -1500],
  ['-P1DT1S', -86_401_000],
])('%s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each(['1d', 'P', 'PT', 'P1H', ''])("'%s' is no duration", (text) => {
  expect(() => parseDuration(text)).toThrow('Text cannot be parsed to a Duration')
})

const hintFor = (parse: (text: string) => number, text: string): unknown => {
  try {
    return parse(text)
  } catch (error) {
    return (error as { hint?: string }).hint
  }
}

test.each([
  ['2024-05-01', '2024-05-01T00:00:00.000'],
  ['2024-05-01 12:30:00', '2024-05-01T12:30:00.000'],
  ['2024-05-01T12:30', '2024-05-01T12:30:00.000'],
  ['2024-05-01T12:30:00Z', '2024-05-01T12:30:00.000'],
  ['yesterday', '2026-01-31T23:59:00.000'],
])('%s is told how to write a time', (text, example) => {
  expect(hintFor(parseDatetime, text)).toBe(
    `a time is written as ${example}, in UTC unless a zone such as +01:00 stands behind it`,
  )
})

test.each([
  ['1h', 'PT1H'],
  ['7 days', 'P7D'],
  ['30min', 'PT30M'],
  ['soon', 'PT1H30M'],
])('%s is told how to write a duration', (text, example) => {
  expect(hintFor(parseDuration, text)).toContain(`a duration is written as ${example};`)
})
