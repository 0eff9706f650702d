import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { MAX_INT64, MIN_INT64 } from '../../../src/bytes/int64.ts'
import { javaDateFormat } from '../../../src/cli/java/date-format.ts'

beforeAll(() => {
  vi.stubEnv('TZ', 'UTC')
})
afterAll(() => {
  vi.unstubAllEnvs()
})

// What Java 17 prints for the same times.
test.each([
  [MAX_INT64, '292278994-08-17T07:12:55,807 Sun'],
  [9_007_199_254_740_993n, '287396-10-12T08:59:00,993 Wed'],
  [8_640_000_000_000_000, '275760-09-13T00:00:00,000 Sat'],
  [8_640_000_000_000_001, '275760-09-13T00:00:00,001 Sat'],
  [1_700_000_000_000_000_000n, '53872825-06-17T22:13:20,000 Tue'],
  [0, '1970-01-01T00:00:00,000 Thu'],
])('the time %s is %s', (timeMs, text) => {
  expect(javaDateFormat("yyyy-MM-dd'T'HH:mm:ss,SSS EEE")(timeMs)).toBe(text)
})

test('the earliest time is a date, too', () => {
  expect(javaDateFormat('yyyy-MM-dd')(MIN_INT64)).toMatch(/^-\d+-\d\d-\d\d$/)
})
