import { expect, test } from 'vitest'
import { LineSplitter } from '../../../src/cli/records/line-splitter.ts'

function split(...chunks: string[]): string[] {
  const lines: string[] = []
  const splitter = new LineSplitter((buffer, from, to) => lines.push(buffer.toString('latin1', from, to)))
  for (const chunk of chunks) splitter.push(Buffer.from(chunk, 'latin1'))
  splitter.end()
  return lines
}

test.each([
  ['a line in one chunk', ['a\n'], ['a']],
  ['several lines and empty ones', ['a\n\nb\n'], ['a', '', 'b']],
  ['a line over three chunks', ['a', 'b', 'c\nd\n'], ['abc', 'd']],
  ['a newline at the start of a chunk', ['a', '\nb\n'], ['a', 'b']],
  ['an empty line after a chunk that ended a line', ['a\n', '\n'], ['a', '']],
  ['a last line without newline', ['a\nb'], ['a', 'b']],
  ['carriage returns and zero bytes, kept', ['a\r\n\0b\xff\rc\n'], ['a\r', '\0b\xff\rc']],
  ['nothing', [], []],
  ['empty chunks', ['', 'a', '', '\n', ''], ['a']],
])('%s', (_, chunks, expected) => {
  expect(split(...chunks)).toEqual(expected)
})
