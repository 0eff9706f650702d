// What does it cost to build, check and read batches of 100-byte records?
import { bench, describe } from 'vitest'
import { checkBatch } from '../../src/records/batch.ts'
import { codecByName, loadCodecs } from '../../src/records/compression.ts'
import { BatchBuilder, readRecords } from '../../src/records/record.ts'
import { openRecords } from '../../src/records/record-cursor.ts'
import { checkProduced } from '../../src/records/validator.ts'

const NOW = 1_700_000_000_000
const RECORDS = 10_000
const value = Buffer.from(Array.from({ length: 100 }, (_, index) => 97 + ((index * 7) % 26)))

await loadCodecs()
const builder = new BatchBuilder(2 * 1024 * 1024)

function build(codec?: Parameters<BatchBuilder['build']>[0]): Buffer {
  for (let index = 0; index < RECORDS; index++) builder.append(NOW + (index & 63), null, value)
  return builder.build(codec)
}

const plain = build()
const settings = {
  topicPartition: 'orders-0',
  produceVersion: 12,
  isCompacted: false,
  timestampType: 'CreateTime',
  timestampBeforeMaxMs: Number.MAX_SAFE_INTEGER,
  timestampAfterMaxMs: 3_600_000,
  maxMessageBytes: 10_000_000,
  compressionType: 'producer',
} as const

describe(`one batch of ${RECORDS} records of 100 bytes`, () => {
  bench('build, CRC included', () => void build())
  bench('check the CRC', () => void checkBatch(plain, 0))
  bench('validate as for a produce', () => void checkProduced(plain, settings, NOW))
  bench('step over the records', () => {
    const cursor = openRecords(plain, 0)
    while (cursor.next());
  })
  bench('read the records as objects', () => void readRecords(plain))
})

describe.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)(`the same, %s`, (name) => {
  const codec = codecByName(name)
  const packed = build({ codec })
  bench('build', () => void build({ codec }))
  bench('validate as for a produce', () => void checkProduced(packed, settings, NOW))
})
