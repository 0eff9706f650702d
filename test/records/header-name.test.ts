import { expect, test } from 'vitest'
import { oddNameBytes, readName } from '../../src/records/header-name.ts'
import { BatchBuilder, readRecords } from '../../src/records/record.ts'
import { randomBytes, randomInteger, seededRandom } from '../support/random.ts'

test.each(['', 'trace-id', 'grüße', '😀', '\ufffd'])('a name in UTF-8, %j, is its text', (name) => {
  const bytes = Buffer.from(name)
  expect([readName(bytes, 0, bytes.length), oddNameBytes(name)]).toEqual([name, null])
})

test('a name that is not UTF-8 becomes the same bytes again', () => {
  const random = seededRandom(7)
  for (let i = 0; i < 2000; i++) {
    const bytes = Buffer.concat([
      Buffer.from(['', 'a', 'é', '😀', '\ufffd'][i % 5]!),
      randomBytes(random, randomInteger(random, 1, 8)),
    ])
    const name = readName(bytes, 0, bytes.length)
    expect(oddNameBytes(name) ?? Buffer.from(name)).toEqual(bytes)
  }
})

test('a batch holds the bytes of such a name', () => {
  const bytes = Buffer.from([0x61, 0xff, 0xed, 0xa0, 0x80, 0x62])
  const builder = new BatchBuilder()
  builder.append(5, null, null, [[readName(bytes, 0, bytes.length), Buffer.from('v')]])
  const batch = builder.build()
  expect(batch.includes(bytes)).toBe(true)
  expect(readRecords(batch)[0]!.headers).toEqual([['a\udcff\udced\udca0\udc80b', Buffer.from('v')]])
})
