import { expect, test } from 'vitest'
import { exportedPlan, parseResetPlan as parseFile } from '../../../src/cli/groups/reset-file.ts'

const parseResetPlan = (text: string, groups: readonly string[]) => parseFile(text, groups, 'plan.csv')

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

test.each([
  ['a,0,x', "'x' is not an offset"],
  ['a,0,-4', "'-4' is not an offset"],
  ['a,0,1.5', "'1.5' is not an offset"],
  ['a,0,', "'' is not an offset"],
  ['a,0,9223372036854775808', "'9223372036854775808' is not an offset"],
  ['a,x,1', "'x' is not a partition"],
  ['a,-1,1', "'-1' is not a partition"],
  ['a,2147483648,1', "'2147483648' is not a partition"],
  ['a,0', 'the offset is missing'],
  ['a', 'the partition is missing'],
  [',0,1', 'the topic is missing'],
  ['g,a,0,1,2', "'2' is one field too many"],
  ['"a,0,1', 'a quote is not closed, or not followed by a comma'],
  ['"a"b,0,1', 'a quote is not closed, or not followed by a comma'],
])('the line %s is refused with its number', (line, problem) => {
  expect(() => parseResetPlan(`b,0,1\n\n${line}\n`, ['g'])).toThrow(
    `plan.csv:3: ${problem} in the line '${line}'`,
  )
})

test('a line without its group among others is refused', () => {
  expect(() => parseResetPlan('g,a,0,1\na,1,1\n', ['g', 'h'])).toThrow('plan.csv:2: the offset is missing')
})

test('of several lines about a partition the last counts', () => {
  expect(parseResetPlan('a,0,1\na,1,5\na,0,2\n', ['g']).get('g')).toEqual([
    { topic: 'a', partition: 0, offset: 2 },
    { topic: 'a', partition: 1, offset: 5 },
  ])
})

test('blanks around fields, blank lines and a byte order mark are left out', () => {
  expect(parseResetPlan('\ufeff g , a , 0 , 7 \r\n\r\n', ['g', 'h']).get('g')).toEqual([
    { topic: 'a', partition: 0, offset: 7 },
  ])
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
