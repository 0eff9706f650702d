import { expect, test } from 'vitest'
import { parseContextFile } from '../../../src/cli/contexts/context-file.ts'
import { jsonProblem } from '../../../src/cli/contexts/json-problem.ts'

const parse = (text: string) => parseContextFile(text, '/c/config.json', 'user')

test('a file holds contexts, the current one, and whatever else', () => {
  const file = parse(
    '\uFEFF{"theme":"dark","current":"a","contexts":{"a":{"bootstrapServers":"h:1","readOnly":true,"properties":{"linger.ms":5}}}}',
  )
  expect(file.current).toBe('a')
  expect(file.contexts.get('a')).toEqual({
    bootstrapServers: 'h:1',
    readOnly: true,
    properties: { 'linger.ms': '5' },
  })
  expect(file.json.theme).toBe('dark')
  expect(parse('').contexts.size).toBe(0)
})

test.each([
  ['{\n  "current": "a",\n  "contexts": {,}\n}', "'/c/config.json' is not JSON at line 3, column 16"],
  ['{"current": "secret', "'/c/config.json' is not JSON at line 1, column 13"],
  ['[]', "'/c/config.json' makes no sense: the whole is not an object"],
  ['{"current":1}', "'/c/config.json' makes no sense: current is not a text"],
  ['{"contexts":{"a":[]}}', "'/c/config.json' makes no sense: contexts.a is not an object"],
  [
    '{"contexts":{"a":{"properties":{"x":["secret"]}}}}',
    "'/c/config.json' makes no sense: contexts.a.properties.x is not a text",
  ],
  [
    '{"contexts":{"a":{"readOnly":"no"}}}',
    "'/c/config.json' makes no sense: contexts.a.readOnly is not true or false",
  ],
])('what is wrong is told by its place: %s', (text, message) => {
  expect(() => parse(text)).toThrow(message)
})

test.each([
  ['', 1, 1],
  ['{"a":1,}', 1, 8],
  ['{"a":1 "b"}', 1, 8],
  ['{"a" 1}', 1, 6],
  ['[1, 2', 1, 6],
  ['{"a":tru}', 1, 6],
  ['{"a":"x\ny"}', 1, 6],
  ['{"a":1}\n x', 2, 2],
  ["{'a':1}", 1, 2],
])('%j stops being JSON there', (text, line, column) => {
  expect(() => JSON.parse(text)).toThrow()
  expect(jsonProblem(text)).toBe(`line ${line}, column ${column}`)
})
