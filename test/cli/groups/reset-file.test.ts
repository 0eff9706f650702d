import { expect, test } from 'vitest'
import { exportedPlan, parseResetPlan } from '../../../src/cli/groups/reset-file.ts'

test('lines without a group belong to the one that was named', () => {
  expect(parseResetPlan('a,0,5\nb,1,6\r\n', ['g'])).toEqual(
    new Map([
      [
        'g',
        [
          { topic: 'a', partition: 0, offset: 5 },
          { topic: 'b', partition: 1, offset: 6 },
        ],
      ],
    ]),
  )
  expect(parseResetPlan('g,a,0,5', ['g'])).toEqual(parseResetPlan('a,0,5', ['g']))
})

test('names with commas and quotes survive', () => {
  const rows = [{ group: 'a,"b"', topic: 't', partition: 0, newOffset: 1 }]
  const text = exportedPlan(rows, false)
  expect(text).toBe('"a,""b""",t,0,1\n')
  expect([...parseResetPlan(text, ['a,"b"', 'c']).keys()]).toEqual(['a,"b"'])
})

test('what is no number is refused with its line', () => {
  expect(() => parseResetPlan('a,0,x', ['g'])).toThrow("'x' is no number in the line 'a,0,x'")
})

test('offsets past 2^53 are exact, in and out', () => {
  const rows = [{ group: 'g', topic: 't', partition: 0, newOffset: 9_007_199_254_740_993n }]
  const text = exportedPlan(rows, true)
  expect(text).toBe('t,0,9007199254740993\n')
  expect(parseResetPlan(text, ['g']).get('g')).toEqual([
    { topic: 't', partition: 0, offset: 9_007_199_254_740_993n },
  ])
  expect(() => parseResetPlan('t,0,9223372036854775808', ['g'])).toThrow('9223372036854775808')
})
