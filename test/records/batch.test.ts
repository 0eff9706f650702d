import { expect, test } from 'vitest'
import {
  addToSequence,
  attributes,
  BATCH_OVERHEAD,
  baseOffset,
  baseSequence,
  baseTimestamp,
  batches,
  batchSize,
  checkBatch,
  checkHeader,
  compressionId,
  hasDeleteHorizon,
  isControl,
  isTransactional,
  lastOffset,
  lastOffsetDelta,
  lastSequence,
  magic,
  maxTimestamp,
  partitionLeaderEpoch,
  producerEpoch,
  producerId,
  recordCount,
  setBaseOffset,
  setLeaderEpoch,
  setMaxTimestamp,
  timestampType,
} from '../../src/records/batch.ts'
import { BatchBuilder } from '../../src/records/record.ts'
import { RecordsError } from '../../src/records/records-error.ts'
import { readGolden } from './golden.ts'

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof RecordsError) return error.code
    throw error
  }
  return 'no error'
}

function smallBatch(value = 'value'): Buffer {
  const builder = new BatchBuilder()
  builder.append(1_700_000_000_000, Buffer.from('key'), Buffer.from(value))
  return builder.build()
}

test('every field of a header that Java wrote is read', () => {
  const batch = readGolden('java-idempotent')
  expect(checkBatch(batch, 0)).toBe(batch.length)
  expect({
    baseOffset: baseOffset(batch, 0),
    batchSize: batchSize(batch, 0),
    partitionLeaderEpoch: partitionLeaderEpoch(batch, 0),
    magic: magic(batch, 0),
    attributes: attributes(batch, 0),
    lastOffsetDelta: lastOffsetDelta(batch, 0),
    lastOffset: lastOffset(batch, 0),
    baseTimestamp: baseTimestamp(batch, 0),
    maxTimestamp: maxTimestamp(batch, 0),
    producerId: producerId(batch, 0),
    producerEpoch: producerEpoch(batch, 0),
    baseSequence: baseSequence(batch, 0),
    recordCount: recordCount(batch, 0),
  }).toEqual({
    baseOffset: 40,
    batchSize: batch.length,
    partitionLeaderEpoch: 5,
    magic: 2,
    attributes: 0,
    lastOffsetDelta: 1,
    lastOffset: 41,
    baseTimestamp: 1_700_000_000_000,
    maxTimestamp: 1_700_000_000_000,
    producerId: 9000,
    producerEpoch: 3,
    baseSequence: 0x7fff_ffff,
    recordCount: 2,
  })
})

test('sequences start again at 0 behind the largest int32', () => {
  expect(lastSequence(readGolden('java-idempotent'), 0)).toBe(0)
  expect(addToSequence(0x7fff_fffe, 1)).toBe(0x7fff_ffff)
  expect(addToSequence(0x7fff_fffe, 4)).toBe(2)
  expect(lastSequence(readGolden('java-none'), 0)).toBe(-1)
})

test('flags are read from the attributes', () => {
  const marker = readGolden('java-commit')
  expect([isControl(marker, 0), isTransactional(marker, 0), hasDeleteHorizon(marker, 0)]).toEqual([
    true,
    true,
    false,
  ])
  expect(timestampType(marker, 0)).toBe('CreateTime')
  expect(timestampType(readGolden('java-append-time'), 0)).toBe('LogAppendTime')
  expect(compressionId(readGolden('java-zstd'), 0)).toBe(4)
})

test('offset and leader epoch are stamped without touching what the CRC covers', () => {
  const batch = readGolden('java-none')
  setBaseOffset(batch, 0, 2 ** 40 + 3)
  setLeaderEpoch(batch, 0, 9)
  checkBatch(batch, 0)
  expect([baseOffset(batch, 0), lastOffset(batch, 0)]).toEqual([2 ** 40 + 3, 2 ** 40 + 6])
  expect(partitionLeaderEpoch(batch, 0)).toBe(9)
})

test('an append time is stamped together with its flag and the CRC', () => {
  const batch = readGolden('java-zstd')
  setMaxTimestamp(batch, 0, 'LogAppendTime', 1_800_000_000_000)
  checkBatch(batch, 0)
  expect([timestampType(batch, 0), maxTimestamp(batch, 0)]).toEqual(['LogAppendTime', 1_800_000_000_000])
  expect(compressionId(batch, 0)).toBe(4)
  setMaxTimestamp(batch, 0, 'CreateTime', -1)
  checkBatch(batch, 0)
  expect([timestampType(batch, 0), maxTimestamp(batch, 0)]).toEqual(['CreateTime', -1])
})

test('every flipped bit that the CRC covers is noticed, and so are flips of magic and CRC', () => {
  const batch = smallBatch()
  for (let at = 16; at < batch.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = Buffer.from(batch)
      flipped[at]! ^= 1 << bit
      expect(codeOf(() => checkBatch(flipped, 0))).not.toBe('no error')
    }
  }
})

test('every strict prefix of a batch is BATCH_TRUNCATED', () => {
  const batch = smallBatch()
  for (let length = 0; length < batch.length; length++) {
    expect(codeOf(() => checkBatch(batch.subarray(0, length), 0))).toBe('BATCH_TRUNCATED')
    expect(codeOf(() => checkBatch(batch, 0, length))).toBe('BATCH_TRUNCATED')
  }
})

test.each([
  ['an older magic', 16, '01', 'UNSUPPORTED_MAGIC'],
  ['a length shorter than the header', 8, '00000010', 'BATCH_CORRUPT'],
  ['a negative length', 8, 'ffffffff', 'BATCH_CORRUPT'],
  ['a negative record count', 57, 'ffffffff', 'BATCH_CORRUPT'],
  ['a negative last offset delta', 23, 'ffffffff', 'BATCH_CORRUPT'],
] as const)('a header with %s is refused', (_, at, bytes, code) => {
  const batch = smallBatch()
  Buffer.from(bytes, 'hex').copy(batch, at)
  expect(codeOf(() => checkHeader(batch, 0))).toBe(code)
})

test('whole batches are found one after the other, and a cut one at the end is left out', () => {
  const [first, second] = [smallBatch('one'), smallBatch('a longer one')]
  const all = Buffer.concat([first, second, smallBatch().subarray(0, 40)])
  expect([...batches(all)]).toEqual([0, first.length])
  expect([...batches(all, first.length, first.length + second.length)]).toEqual([first.length])
  expect([...batches(Buffer.alloc(0))]).toEqual([])
})

test('bytes that are no batches end the search with an error', () => {
  expect(codeOf(() => [...batches(Buffer.alloc(BATCH_OVERHEAD))])).not.toBe('no error')
})
