import { expect, test } from 'vitest'
import { FetchedRecords } from '../../../src/client/fetch/fetched-records.ts'
import { batchSize, setBaseOffset } from '../../../src/records/batch.ts'
import { batch } from '../../support/logs.ts'

test('a damaged batch is named with topic, partition and offset, after the records before it', () => {
  const [first, second] = [batch({ values: ['a'] }), batch({ values: ['b'] })]
  setBaseOffset(first, 0, 40)
  setBaseOffset(second, 0, 41)
  second[second.length - 2]! ^= 1
  const records = Buffer.concat([first, second])
  expect(batchSize(records, 0)).toBe(first.length)
  const range = { topic: 'orders', partition: 3, records, from: 40, until: 50, nextOffset: 42 }
  const fetched = new FetchedRecords({
    ...range,
    abortedTransactions: null,
    checkCrcs: true,
    highWatermark: 42,
  })
  expect([fetched.next(), fetched.offset]).toEqual([true, 40])
  expect(() => fetched.next()).toThrow(
    /^Record batch for partition orders-3 at offset 41 is invalid, cause: /,
  )
})
