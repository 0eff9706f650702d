import { beforeAll, expect, test } from 'vitest'
import type { Int64 } from '../../src/bytes/int64.ts'
import {
  BATCH_OVERHEAD,
  checkBatch,
  setBaseOffset,
  setLeaderEpoch,
  updateCrc,
} from '../../src/records/batch.ts'
import { codecById, loadCodecs } from '../../src/records/compression.ts'
import { BatchBuilder, type KafkaRecord, type RecordHeader, readRecords } from '../../src/records/record.ts'
import { openRecords } from '../../src/records/record-cursor.ts'
import { RecordsError } from '../../src/records/records-error.ts'
import { randomBytes, randomInteger, seededRandom } from '../support/random.ts'
import { readGolden } from './golden.ts'

const NOW = 1_700_000_000_000
const CODEC_IDS = [0, 1, 2, 3, 4]
const NAMES = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

type Input = [timestamp: Int64, key: string | null, value: string | null, headers: [string, string | null][]]

// The records of golden/GoldenBatches.java.
const SAMPLE: Input[] = [
  [NOW, 'key', 'value', []],
  [
    NOW + 1000,
    null,
    'no key',
    [
      ['trace', 'abc'],
      ['empty', ''],
      ['none', null],
    ],
  ],
  [NOW - 1000, 'deleted', null, []],
  [NOW + 10_000_000_000, '', 'ü'.repeat(100), [['schlüssel', 'wert']]],
]

const bytes = (text: string | null): Buffer | null => (text === null ? null : Buffer.from(text))

function append(builder: BatchBuilder, [timestamp, key, value, headers]: Input): void {
  builder.append(
    timestamp,
    bytes(key),
    bytes(value),
    headers.map(([name, text]) => [name, bytes(text)]),
  )
}

const readable = ({ timestamp, key, value, headers }: KafkaRecord): Input => [
  timestamp,
  key === null ? null : key.toString(),
  value === null ? null : value.toString(),
  headers.map(([name, text]) => [name, text === null ? null : text.toString()]),
]

// Comparing texts is far quicker than comparing buffers byte by byte.
const hex = (value: Buffer | null) => value?.toString('hex') ?? null
const plain = ({
  timestamp,
  key,
  value,
  headers,
}: Pick<KafkaRecord, 'timestamp' | 'key' | 'value' | 'headers'>) => ({
  timestamp,
  key: hex(key),
  value: hex(value),
  headers: headers.map(([name, text]) => [name, hex(text)]),
})

beforeAll(loadCodecs)

test('the builder writes the very bytes that Java writes', () => {
  const builder = new BatchBuilder()
  for (const record of SAMPLE) append(builder, record)
  expect(builder.build().toString('hex')).toBe(readGolden('java-none').toString('hex'))
})

test('the fields of an idempotent batch are written as Java writes them', () => {
  const builder = new BatchBuilder()
  builder.append(NOW, null, Buffer.from('a'))
  builder.append(NOW, null, Buffer.from('b'))
  const batch = builder.build({
    baseOffset: 40,
    leaderEpoch: 5,
    producerId: 9000,
    producerEpoch: 3,
    baseSequence: 0x7fff_ffff,
  })
  expect(batch.toString('hex')).toBe(readGolden('java-idempotent').toString('hex'))
})

test.each(NAMES)('records that Java wrote are read: %s', (name) => {
  const batch = readGolden(`java-${name}`)
  checkBatch(batch, 0)
  expect(readRecords(batch).map(readable)).toEqual(SAMPLE)
  expect(readRecords(batch).map(({ offset }) => offset)).toEqual([0, 1, 2, 3])
})

test.each(NAMES.slice(1))('large batches that Java wrote are read: %s', (name) => {
  const batch = readGolden(`java-${name}-large`)
  checkBatch(batch, 0)
  const values = readRecords(batch).map(({ value }) => value!.toString())
  expect(values).toEqual(Array.from({ length: 150 }, (_, index) => String(index % 10).repeat(1000)))
})

test.each(NAMES.slice(1))('batches that kafka-python wrote are read: %s', (name) => {
  const batch = readGolden(`kafka-python-${name}`)
  checkBatch(batch, 0)
  const records = readRecords(batch)
  expect(records.slice(0, 3).map(readable)).toEqual(SAMPLE.slice(0, 3))
  const values = records.slice(3).map(({ value }) => value!.toString())
  expect(values).toEqual(Array.from({ length: 100 }, (_, index) => String(index % 10).repeat(1000)))
})

test.each(NAMES.slice(1))('batches that librdkafka wrote are read: %s', (name) => {
  const batch = readGolden(`librdkafka-${name}`)
  checkBatch(batch, 0)
  const [first, ...others] = readRecords(batch)
  expect(readable(first!)).toEqual([first!.timestamp, 'key', 'value', [['trace', 'abc']]])
  expect(others.map(({ key }) => key!.toString())).toEqual(
    Array.from({ length: 100 }, (_, index) => `k${index}`),
  )
  expect(others.every(({ value }, index) => value!.toString() === String(index % 10).repeat(1000))).toBe(true)
})

test.each(NAMES.slice(1))(
  'batches of ours that Java and kafka-python have read are still read: %s',
  (name) => {
    const batch = readGolden(`ktool-${name}`)
    checkBatch(batch, 0)
    expect(readRecords(batch).map(readable)).toEqual(SAMPLE)
  },
)

// What gzip and zstd write depends on the version of Node.
test.each(['snappy', 'lz4'])('what Java and kafka-python have read is still what is written: %s', (name) => {
  const builder = new BatchBuilder()
  for (const record of SAMPLE) append(builder, record)
  const batch = builder.build({ codec: codecById(NAMES.indexOf(name)) })
  expect(batch.toString('hex')).toBe(readGolden(`ktool-${name}`).toString('hex'))
})

test('with append time every record has the time of its batch', () => {
  const records = readRecords(readGolden('java-append-time'))
  expect(records.map(({ offset, timestamp }) => [offset, timestamp])).toEqual([
    [5, NOW + 77],
    [6, NOW + 77],
  ])
})

test('gaps that compaction left between offsets are kept', () => {
  expect(readRecords(readGolden('java-offset-gaps')).map(({ offset }) => offset)).toEqual([7, 9, 12])
})

test('sequences count up with the records, around the end of their range', () => {
  expect(readRecords(readGolden('java-idempotent')).map(({ sequence }) => sequence)).toEqual([0x7fff_ffff, 0])
})

test.each(NAMES)('random records come back as they were: %s', (name) => {
  const codec = codecById(NAMES.indexOf(name))
  for (let seed = 1; seed <= 8; seed++) {
    const random = seededRandom(seed)
    const some = (limit: number) =>
      random() < 0.2 ? null : randomBytes(random, randomInteger(random, 0, limit))
    const builder = new BatchBuilder(64)
    const written = Array.from({ length: randomInteger(random, 1, 80) }, () => {
      const headers: RecordHeader[] = Array.from({ length: random() < 0.3 ? 3 : 0 }, () => [
        `h${random()}`,
        some(9),
      ])
      const timestamp = randomInteger(random, -1, random() < 0.1 ? Number.MAX_SAFE_INTEGER / 2 : 2 ** 41)
      return { timestamp, key: some(20), value: some(random() < 0.01 ? 70_000 : 300), headers }
    })
    for (const { timestamp, key, value, headers } of written) builder.append(timestamp, key, value, headers)
    const batch = builder.build({ codec })
    checkBatch(batch, 0)
    const read = readRecords(batch)
    expect(
      read.map(({ offset }) => offset),
      `seed ${seed}`,
    ).toEqual(written.map((_, index) => index))
    expect(read.map(plain), `seed ${seed}`).toEqual(written.map(plain))
  }
})

test('parts of a larger buffer make the same record as their copies', () => {
  const line = Buffer.from('some key\tand a value that is longer than a few bytes\n')
  const [copied, ranged] = [new BatchBuilder(), new BatchBuilder()]
  copied.append(NOW, line.subarray(0, 8), line.subarray(9, 52))
  ranged.appendRange(NOW, line, 0, 8, 9, 52)
  copied.append(NOW, null, line.subarray(3, 3))
  ranged.appendRange(NOW, line, -1, -1, 3, 3)
  copied.append(NOW, Buffer.alloc(0), null)
  ranged.appendRange(NOW, line, 0, 0, -1, -1)
  expect(ranged.build()).toEqual(copied.build())
})

test('the builder tells the size of what it would build, and starts again after building', () => {
  const builder = new BatchBuilder()
  const size = builder.append(NOW, null, Buffer.alloc(1000, 'x'))
  expect([builder.sizeBytes, builder.recordCount]).toEqual([size, 1])
  const first = builder.build()
  expect(first.length).toBe(size)
  builder.append(NOW + 1, null, Buffer.from('second'))
  builder.build({ codec: codecById(1) })
  builder.append(NOW + 2, null, Buffer.from('third'))
  const third = builder.build()
  expect(readRecords(third).map(readable)).toEqual([[NOW + 2, null, 'third', []]])
  expect(readRecords(first)[0]!.value).toEqual(Buffer.alloc(1000, 'x'))
  expect(() => builder.build()).toThrow(RangeError)
})

test.each(CODEC_IDS)('records that are cut short anywhere are BATCH_CORRUPT, codec %i', (id) => {
  const builder = new BatchBuilder()
  for (const record of SAMPLE) append(builder, record)
  const batch = builder.build({ codec: codecById(id) })
  for (let length = BATCH_OVERHEAD; length < batch.length; length++) {
    const cut = Buffer.from(batch.subarray(0, length))
    cut.writeInt32BE(length - 12, 8)
    updateCrc(cut, 0)
    expect(() => readRecords(cut)).toThrow(expect.objectContaining({ code: 'BATCH_CORRUPT' }))
  }
})

test('any damage to a record either fails by name or leaves a readable record', () => {
  const builder = new BatchBuilder()
  for (const record of SAMPLE) append(builder, record)
  const batch = builder.build()
  const random = seededRandom(7)
  for (let round = 0; round < 5000; round++) {
    const damaged = Buffer.from(batch)
    for (let flips = randomInteger(random, 1, 4); flips > 0; flips--) {
      damaged[randomInteger(random, BATCH_OVERHEAD, batch.length)] = randomInteger(random, 0, 256)
    }
    try {
      for (const { key, value } of readRecords(damaged)) {
        expect((key?.length ?? 0) + (value?.length ?? 0)).toBeLessThan(batch.length)
      }
    } catch (error) {
      expect(error).toBeInstanceOf(RecordsError)
    }
  }
})

test('a count far beyond the bytes fails at once, without room made for it', () => {
  const batch = readGolden('java-none')
  batch.writeInt32BE(0x7fff_ffff, 57)
  expect(() => readRecords(batch)).toThrow(/record 5 of 2147483647 is corrupt/)
})

test('bytes left over behind the last record are BATCH_CORRUPT', () => {
  const batch = readGolden('java-none')
  batch.writeInt32BE(3, 57)
  expect(() => readRecords(batch)).toThrow(/bytes are left after it/)
})

test('a batch anywhere in a buffer is read', () => {
  const batch = readGolden('java-lz4')
  setBaseOffset(batch, 0, 50)
  setLeaderEpoch(batch, 0, 1)
  const all = Buffer.concat([Buffer.alloc(33), batch, Buffer.alloc(9)])
  checkBatch(all, 33)
  expect(readRecords(all, 33).map(({ offset }) => offset)).toEqual([50, 51, 52, 53])
})

test('a cursor can count records without reading them', () => {
  const cursor = openRecords(readGolden('java-snappy-large'), 0)
  let valueBytes = 0
  while (cursor.next()) valueBytes += cursor.valueBytes
  expect([cursor.position, valueBytes]).toEqual([150, 150_000])
})
