// The bytes here were written by Apache Kafka 4.3.1; what they say was printed by its kafka-dump-log.
import { expect, test } from 'vitest'
import { checkCheckpoint, decodeCheckpoint, encodeCheckpoint } from '../../src/log/checkpoints.ts'
import { checkLeaderEpochs, decodeLeaderEpochs, encodeLeaderEpochs } from '../../src/log/leader-epochs.ts'
import {
  checkMetaProperties,
  decodeMetaProperties,
  encodeMetaProperties,
} from '../../src/log/meta-properties.ts'
import { checkOffsetIndex, decodeOffsetEntry, encodeOffsetEntry } from '../../src/log/offset-index.ts'
import { deletedFolder, isDeletedFolder, parsePartitionFolder } from '../../src/log/partition-folder.ts'
import {
  checkPartitionMetadata,
  decodePartitionMetadata,
  encodePartitionMetadata,
} from '../../src/log/partition-metadata.ts'
import {
  checkProducerSnapshot,
  decodeProducerSnapshot,
  encodeProducerSnapshot,
} from '../../src/log/producer-snapshot.ts'
import { fileAt, offsetIn } from '../../src/log/segment-names.ts'
import { checkTimeIndex, decodeTimeEntry, encodeTimeEntry } from '../../src/log/time-index.ts'
import {
  checkTransactionIndex,
  decodeTransactionIndex,
  encodeAbortedTransaction,
} from '../../src/log/transaction-index.ts'
import { codeOf } from '../suites/log-suite.ts'

const hex = (...parts: string[]) => Buffer.from(parts.join('').replaceAll(' ', ''), 'hex')

test('a producer snapshot is read and written as Kafka does', () => {
  const bytes = hex(
    '0001 1baa8ae2 00000001', // version, CRC, one producer
    '0000000000000000 0000 00003bc8', // id 0, epoch 0, last sequence 15304
    '0000000000003bc8 000000ec', // last offset 15304, 236 after the first
    '000001a1fc004d92 ffffffff ffffffffffffffff', // timestamp, no marker, no transaction
  )
  const entries = [
    {
      producerId: 0,
      producerEpoch: 0,
      lastSequence: 15304,
      lastOffset: 15304,
      offsetDelta: 236,
      timestamp: 1795229240722,
      coordinatorEpoch: -1,
      currentTxnFirstOffset: -1,
    },
  ]
  expect(decodeProducerSnapshot(bytes, 'x')).toEqual(entries)
  expect(encodeProducerSnapshot(entries)).toEqual(bytes)
  expect(checkProducerSnapshot(bytes.subarray(0, 9))).toEqual(['9 bytes are too few'])
  for (const at of [1, 2, 9, 20]) {
    const damaged = Buffer.from(bytes)
    damaged[at]! ^= 4
    expect(checkProducerSnapshot(damaged)).toHaveLength(1)
    expect(codeOf(() => decodeProducerSnapshot(damaged, 'x'))).toBe('LOG_CORRUPT')
  }
})

test('an offset index is read and written as Kafka does', () => {
  const bytes = hex('000001e9 00003fd7', '000002dd 00007fb0', '000003d1 0000bf89')
  const entries = [
    { offset: 489, position: 16343 },
    { offset: 733, position: 32688 },
    { offset: 977, position: 49033 },
  ]
  expect(entries.map((_, i) => decodeOffsetEntry(bytes, i * 8, 0))).toEqual(entries)
  const written = Buffer.alloc(24)
  for (const [i, entry] of entries.entries()) encodeOffsetEntry(written, i * 8, 0, entry)
  expect(written).toEqual(bytes)
  expect(checkOffsetIndex(Buffer.concat([bytes, Buffer.alloc(16)]), 0)).toEqual([])
  expect(checkOffsetIndex(bytes.subarray(0, 20), 0)).toEqual(['20 bytes are not whole entries'])
  expect(checkOffsetIndex(Buffer.concat([bytes, bytes]), 0)).toEqual([
    'entry at 24 is not above the one before it',
  ])
})

test('a time index is read and written as Kafka does', () => {
  const bytes = hex('000001a1fc004a2d 000001e9', '000001a1fc004a4b 000002dd', '000001a1fc004a65 000003d1')
  const entries = [
    { timestamp: 1795229239853, offset: 489 },
    { timestamp: 1795229239883, offset: 733 },
    { timestamp: 1795229239909, offset: 977 },
  ]
  expect(entries.map((_, i) => decodeTimeEntry(bytes, i * 12, 0))).toEqual(entries)
  const written = Buffer.alloc(36)
  for (const [i, entry] of entries.entries()) encodeTimeEntry(written, i * 12, 0, entry)
  expect(written).toEqual(bytes)
  expect(checkTimeIndex(Buffer.concat([bytes, Buffer.alloc(24)]), 0)).toEqual([])
  expect(checkTimeIndex(Buffer.concat([bytes, bytes]), 0)).toEqual([
    'entry at 36 is not above the one before it',
  ])
})

test('a transaction index has an entry per aborted transaction', () => {
  const bytes = hex(
    '0000 0000000000000007', // version, producer 7
    '000000000000000a 0000000000000014 0000000000000015', // from 10 to the marker at 20, then stable at 21
  )
  const entry = { producerId: 7, firstOffset: 10, lastOffset: 20, lastStableOffset: 21 }
  expect(decodeTransactionIndex(bytes, 'x')).toEqual([entry])
  expect(encodeAbortedTransaction(entry)).toEqual(bytes)
  expect(checkTransactionIndex(Buffer.concat([bytes, bytes.subarray(1)]))[0]).toContain('not whole entries')
})

test('leader epochs are read and written as Kafka does', () => {
  const text = Buffer.from('0\n2\n0 0\n2 151000\n')
  const entries = [
    { epoch: 0, startOffset: 0 },
    { epoch: 2, startOffset: 151000 },
  ]
  expect(decodeLeaderEpochs(text, 'x')).toEqual(entries)
  expect(encodeLeaderEpochs(entries)).toEqual(text)
  for (const wrong of [
    '0\n1\n0 9223372036854775807\n',
    '',
    '1\n0\n',
    '0\n3\n0 0\n',
    '0\n1\nx y\n',
    '0\n2\n2 0\n1 5\n',
  ]) {
    expect(checkLeaderEpochs(Buffer.from(wrong)), wrong).toHaveLength(1)
  }
})

test('checkpoints are read and written as Kafka does', () => {
  const text = Buffer.from('0\n2\n__consumer_offsets 0 0\nex.a_b-c 12 151001\n')
  const entries = [
    { topic: '__consumer_offsets', partition: 0, offset: 0 },
    { topic: 'ex.a_b-c', partition: 12, offset: 151001 },
  ]
  expect(decodeCheckpoint(text, 'x')).toEqual(entries)
  expect(encodeCheckpoint(entries)).toEqual(text)
  for (const wrong of ['', '1\n0\n', '0\n3\na 0 0\n', '0\n1\na b c\n', '0\n1\na 0 9007199254740993\n']) {
    expect(checkCheckpoint(Buffer.from(wrong)), wrong).toHaveLength(1)
  }
})

test('partition.metadata is read and written as Kafka does', () => {
  const bytes = hex('76657273696f6e3a20300a746f7069635f69643a207546786e36396f685378712d58774a312d6858526941')
  expect(decodePartitionMetadata(bytes, 'x')).toBe('uFxn69ohSxq-XwJ1-hXRiA')
  expect(encodePartitionMetadata('uFxn69ohSxq-XwJ1-hXRiA')).toEqual(bytes)
  for (const wrong of ['', 'version: 1\ntopic_id: uFxn69ohSxq-XwJ1-hXRiA', 'version: 0\ntopic_id: abc']) {
    expect(checkPartitionMetadata(Buffer.from(wrong)), wrong).toHaveLength(1)
  }
})

test('meta.properties is read as Kafka wrote it, and reads back as written', () => {
  const lines = ['#', '#Sat Nov 21 02:47:02 UTC 2026', 'node.id=1', 'directory.id=7TWlSoFWSQeebfD892aWtQ']
  const text = Buffer.from([...lines, 'version=1', 'cluster.id=MkU3OEVBNTcwNTJENDM2Qg', ''].join('\n'))
  const meta = { clusterId: 'MkU3OEVBNTcwNTJENDM2Qg', nodeId: 1, directoryId: '7TWlSoFWSQeebfD892aWtQ' }
  expect(decodeMetaProperties(text, 'x')).toEqual(meta)
  expect(decodeMetaProperties(encodeMetaProperties(meta, 'now'), 'x')).toEqual(meta)
  expect(checkMetaProperties(Buffer.from('version=1\n'))).toEqual([
    'cluster.id is missing',
    'node.id is missing',
  ])
})

test('names of files and folders are those of Kafka', () => {
  expect(fileAt('/data/a-0', 1234, '.log')).toBe('/data/a-0/00000000000000001234.log')
  expect(offsetIn('00000000000000001234.log', '.log')).toBe(1234)
  for (const wrong of [
    '1234.log',
    '00000000000000001234.index',
    '0000000000000000123x.log',
    '00000000000000001234.log.swap',
  ]) {
    expect(offsetIn(wrong, '.log'), wrong).toBeNull()
  }
  expect(parsePartitionFolder('a-b.c_d-17')).toEqual({ topic: 'a-b.c_d', partition: 17 })
  for (const wrong of ['a', 'a-', '-1', 'a-x', 'a b-1']) expect(parsePartitionFolder(wrong), wrong).toBeNull()
  const name = deletedFolder('t'.repeat(249), 3, 'ab'.repeat(16))
  expect(name).toHaveLength(255)
  expect(isDeletedFolder(name)).toBe(true)
  expect(isDeletedFolder('my-delete')).toBe(false)
})
