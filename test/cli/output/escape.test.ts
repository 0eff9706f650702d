import { describe, expect, test } from 'vitest'
import { consumerGroupListing } from '../../../src/cli/groups/list.ts'
import { escapeBytes, escapeName, escapeText } from '../../../src/cli/output/escape.ts'
import { type Format, render } from '../../../src/cli/output/listing.ts'
import { terminalIo } from '../../../src/cli/output/terminal-io.ts'
import { terminalText } from '../../../src/cli/output/terminal-text.ts'
import { RecordOutput } from '../../../src/cli/records/record-output.ts'
import { testIo } from '../../support/test-io.ts'

const EVIL = 'a\u001b[2Jb\rc\u007fd\u009be\u0000é€😀\nf\tg'
const SAFE_LINES = 'a\\x1b[2Jb\\x0dc\\x7fd\\x9be\\x00é€😀\nf\tg'
const SAFE_LINE = 'a\\x1b[2Jb\\x0dc\\x7fd\\x9be\\x00é€😀\\x0af\\x09g'

test('all control characters are escaped, newlines and tabs only in names', () => {
  expect(escapeText(EVIL)).toBe(SAFE_LINES)
  expect(escapeName(EVIL)).toBe(SAFE_LINE)
  expect(Buffer.from(escapeBytes(Buffer.from(EVIL))).toString()).toBe(SAFE_LINES)
})

test('in JSON the escapes are those of JSON', () => {
  expect(JSON.parse(escapeText('"\u007f\u009b"', 'json'))).toBe('\u007f\u009b')
  expect(Buffer.from(escapeBytes(Buffer.from('"\u007f\u009b"'), 'json')).toString()).toBe('"\\u007f\\u009b"')
})

test('each character is escaped alike as text and as bytes', () => {
  for (let code = 0; code < 0x300; code++) {
    const text = String.fromCharCode(code)
    expect(Buffer.from(escapeBytes(Buffer.from(text))).toString()).toBe(escapeText(text))
  }
})

test.each([
  ['a C1 byte outside UTF-8', [0x61, 0x9b, 0x62], 'a\\x9bb'],
  ['half a character before an escape', [0xe2, 0x82, 0x1b], '\xe2\\x82\\x1b'],
  ['bytes that control nothing', [0xff, 0xfe, 0xa0], '\xff\xfe\xa0'],
])('%s', (_, bytes, expected) => {
  expect(Buffer.from(escapeBytes(Uint8Array.from(bytes))).toString('latin1')).toBe(expected)
})

test('bytes without control characters are not copied', () => {
  const bytes = Buffer.from('orders é\n')
  expect(escapeBytes(bytes)).toBe(bytes)
})

describe('streams', () => {
  test('a pipe gets every byte as it is, from the same streams', () => {
    const io = testIo()
    expect(terminalIo(io, 'hex')).toBe(io)
  })

  test('a terminal gets data escaped on both streams, and what controls it on purpose as it is', async () => {
    const io = testIo({ isTerminal: true })
    const terminal = terminalIo(io, 'hex')
    terminal.out(EVIL)
    terminal.out(Buffer.from(EVIL))
    terminal.err(EVIL)
    terminal.unescaped?.out('\u001b[1m')
    await io.flush()
    expect(io.stdout).toBe(`${SAFE_LINES}${SAFE_LINES}\u001b[1m`)
    expect(io.stderr).toBe(SAFE_LINES)
  })

  test('records on a terminal count as accepted with all of their escapes', async () => {
    const io = testIo({ isTerminal: true })
    const output = new RecordOutput(terminalIo(io, 'hex'))
    const records = { isExhausted: false, nextOffset: 9 }
    output.begin(records, 10)
    output.bytes.text('\u001b\u001b\n')
    output.add(7)
    output.bytes.byte(0x07)
    output.bytes.bytes(Buffer.from('b\n'))
    output.add(8)
    output.bytes.flush()
    await io.flush()
    expect(io.stdout).toBe('\\x1b\\x1b\n\\x07b\n')
    expect(output.state.given).toBe(io.stdout.length)
    expect([output.isAllAccepted, output.acceptedUpTo(records)]).toEqual([true, 9])
  })
})

test.each<[Format, string]>([
  ['name', `${SAFE_LINE}\n`],
  ['csv', `name\n${SAFE_LINE}\n`],
  ['table', `name\n${SAFE_LINE}\n`],
])('a name takes one line in %s, also on a pipe', async (format, expected) => {
  const listing = { text: () => '', columns: ['name'], items: [{ name: EVIL }], names: () => [EVIL] }
  expect(await render(format, listing, { borders: false, color: false })).toBe(expected)
  const bordered = await render('table', listing, { borders: true, color: true })
  expect(bordered).toContain(SAFE_LINE)
  expect(bordered).toContain('\u001b[1mname')
})

test('a name takes one line in the text for a terminal, also one that is part of another', () => {
  const groups = ['one\ntwo', 'one\ntwo\tthree', '\u001b[31mred', 'plain'].map((groupId) => ({
    groupId,
    type: 'Consumer' as const,
    protocol: 'consumer',
    state: 'Stable' as const,
  }))
  const listing = consumerGroupListing(groups, { withType: false, withState: false })
  expect(terminalText(listing)).toBe('one\\x0atwo\none\\x0atwo\\x09three\n\\x1b[31mred\nplain\n')
  expect(terminalText({ ...listing, text: () => 'Kafka\n' })).toBe('Kafka\n')
})

test('ids in nested items take one line, and a blank name leaves the layout as it is', () => {
  const items = [{ group: '\n', members: [{ clientId: 'a\nb' }] }]
  const listing = { text: () => 'x\ny a\nb\n', columns: [], items, names: () => [] }
  expect(terminalText(listing)).toBe('x\ny a\\x0ab\n')
})
