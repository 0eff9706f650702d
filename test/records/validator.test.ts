import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { BATCH_OVERHEAD, checkBatch, setBaseOffset, setLeaderEpoch } from '../../src/records/batch.ts'
import { codecById, loadCodecs } from '../../src/records/compression.ts'
import { BatchBuilder, readRecords } from '../../src/records/record.ts'
import {
  checkProduced,
  codecsToLoad,
  RefusedRecords,
  stampTime,
  type ValidationSettings,
} from '../../src/records/validator.ts'

const NOW = 1_700_000_000_000

interface Case {
  name: string
  version: number
  settings: Record<string, string>
  input: string
  records?: string
  maxTimestamp?: number
  logAppendTime?: number
  error?: string
  message?: string
  recordErrors?: { batchIndex: number; message: string }[]
}

const cases: Case[] = JSON.parse(
  readFileSync(new URL('golden/validator-cases.json', import.meta.url), 'utf8'),
)

function settingsOf({ settings, version }: Pick<Case, 'settings' | 'version'>): ValidationSettings {
  return {
    topicPartition: 'orders-0',
    produceVersion: version,
    isCompacted: (settings['cleanup.policy'] ?? 'delete').includes('compact'),
    timestampType: settings['message.timestamp.type'] === 'LogAppendTime' ? 'LogAppendTime' : 'CreateTime',
    timestampBeforeMaxMs: Number(settings['message.timestamp.before.max.ms'] ?? Number.MAX_SAFE_INTEGER),
    timestampAfterMaxMs: Number(settings['message.timestamp.after.max.ms'] ?? 3_600_000),
    maxMessageBytes: Number(settings['max.message.bytes'] ?? 1_048_588),
    compressionType: (settings['compression.type'] ?? 'producer') as ValidationSettings['compressionType'],
  }
}

const SETTINGS = settingsOf({ settings: {}, version: 12 })

function refusalOf(run: () => unknown): RefusedRecords {
  try {
    run()
  } catch (error) {
    if (error instanceof RefusedRecords) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const validateRecords = (records: Buffer, settings: ValidationSettings, nowMs: number) =>
  stampTime(checkProduced(records, settings, nowMs), settings, nowMs)

beforeAll(loadCodecs)

const accepted = cases.filter(({ records }) => records !== undefined)
const refused = cases.filter(({ error }) => error !== undefined)

test.each(accepted)('takes, as Apache Kafka does: $name', (given) => {
  const result = validateRecords(Buffer.from(given.input, 'hex'), settingsOf(given), NOW)
  const expected = Buffer.from(given.records!, 'hex')
  setBaseOffset(result.records, 0, 100)
  setLeaderEpoch(result.records, 0, 3)
  checkBatch(result.records, 0)
  expect(result.maxTimestamp).toBe(given.maxTimestamp)
  expect(result.logAppendTimeMs).toBe(given.logAppendTime)
  const { 'compression.type': target = 'producer' } = given.settings
  if (target === 'producer' || target === 'uncompressed') {
    expect(result.records.toString('hex')).toBe(given.records)
  } else {
    const fields = (batch: Buffer) => batch.toString('hex', 21, BATCH_OVERHEAD)
    expect(fields(result.records)).toBe(fields(expected))
    expect(readRecords(result.records)).toEqual(readRecords(expected))
  }
})

// Where Kafka's code for the outcome is an accident, ours is named.
const DIFFERENT_CODE: Record<string, string> = { UNKNOWN_SERVER_ERROR: 'INVALID_RECORD' }
// Sentences about unreadable records never reach the producer, and ours say more.
const OWN_WORDS = /PartialDefaultRecord|declared batch size|Invalid record size|number of record headers/

test.each(refused)('refuses, as Apache Kafka does: $name', (given) => {
  const refusal = refusalOf(() => validateRecords(Buffer.from(given.input, 'hex'), settingsOf(given), NOW))
  expect(refusal.code).toBe(DIFFERENT_CODE[given.error!] ?? given.error)
  if (!OWN_WORDS.test(given.message!)) expect(refusal.message).toBe(given.message)
  const errors = refusal.recordErrors.map(({ batchIndex, message }) => ({ batchIndex, message }))
  // Java's range starts at Long.MIN_VALUE and wraps; ours is right.
  const withoutRange = (text: string) => text.replace(/within \[.*, /, 'within [')
  expect(errors.map((error) => ({ ...error, message: withoutRange(error.message) }))).toEqual(
    (given.recordErrors ?? []).map((error) => ({ ...error, message: withoutRange(error.message) })),
  )
})

test('the codecs of batch and topic are named before they are needed', () => {
  const builder = new BatchBuilder()
  builder.append(NOW, null, Buffer.from('a'))
  const batch = builder.build()
  expect(codecsToLoad(batch, 'zstd')).toEqual([])
  batch[22] = 7
  expect(codecsToLoad(batch, 'producer')).toEqual([])
  expect(codecsToLoad(Buffer.alloc(3), 'producer')).toEqual([])
})

test('compressed data that cannot be unfolded is refused as INVALID_RECORD', () => {
  for (const id of [1, 2, 3, 4]) {
    const real = codecById(id)
    const builder = new BatchBuilder()
    builder.append(NOW, null, Buffer.from('a'))
    const codec = { ...real, compress: () => Buffer.from('this is not compressed data, is it') }
    const batch = builder.build({ codec })
    expect(refusalOf(() => validateRecords(batch, SETTINGS, NOW)).code).toBe('INVALID_RECORD')
  }
})

test('a batch that would fill the memory is refused as MESSAGE_TOO_LARGE', () => {
  const builder = new BatchBuilder()
  builder.append(NOW, null, Buffer.from('a'))
  const bomb = codecById(4).compress(Buffer.alloc(64 * 1024 * 1024))
  const codec = { ...codecById(4), compress: () => Buffer.concat([bomb, bomb, bomb]) }
  expect(refusalOf(() => validateRecords(builder.build({ codec }), SETTINGS, NOW)).code).toBe(
    'MESSAGE_TOO_LARGE',
  )
})

test('a compression type that Kafka does not have is refused', () => {
  const builder = new BatchBuilder()
  builder.append(NOW, null, Buffer.from('a'))
  const codec = { ...codecById(1), id: 5 }
  const refusal = refusalOf(() => validateRecords(builder.build({ codec }), SETTINGS, NOW))
  expect(refusal.code).toBe('UNSUPPORTED_COMPRESSION_TYPE')
})
