import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Codec } from '../../src/records/codec.ts'
import { portableLz4 } from '../../src/records/codecs/lz4.ts'
import { loadPortableSnappy } from '../../src/records/codecs/snappy.ts'
import {
  CODECS,
  type CodecName,
  codecById,
  codecByName,
  codecName,
  isCodecName,
  loadCodec,
  loadCodecs,
} from '../../src/records/compression.ts'
import { randomBytes, seededRandom } from '../support/random.ts'
import { readGolden } from './golden.ts'

test('a codec cannot be used before it was loaded', async () => {
  // Other files of the group may have loaded it into the copy of the module that they share: this is one of its own.
  const path = '../../src/records/compression.ts?of-its-own'
  const fresh = (await import(path)) as typeof import('../../src/records/compression.ts')
  expect(fresh.isCodecLoaded(1)).toBe(false)
  expect(() => fresh.codecById(1)).toThrow(expect.objectContaining({ code: 'CODEC_NOT_LOADED' }))
  await fresh.loadCodec(1)
  expect(fresh.codecById(1).name).toBe('gzip')
})

test('ids and names that Kafka does not have are refused', async () => {
  expect(() => codecName(5)).toThrow(expect.objectContaining({ code: 'UNKNOWN_CODEC' }))
  expect(() => codecById(6)).toThrow(expect.objectContaining({ code: 'UNKNOWN_CODEC' }))
  await expect(loadCodec(7)).rejects.toMatchObject({ code: 'UNKNOWN_CODEC' })
  expect([isCodecName('zstd'), isCodecName('brotli'), isCodecName('toString')]).toEqual([true, false, false])
})

const PACKING = Object.keys(CODECS).filter((name) => name !== 'none') as CodecName[]
const LIMIT = 1_000_000
const errorCode = (code: string) => expect.objectContaining({ code })

describe.each([
  ...PACKING.map((name) => ({ title: name, load: () => loadCodec(CODECS[name].id) })),
  { title: 'snappy without a binary', load: loadPortableSnappy },
  { title: 'lz4 without a binary', load: async () => portableLz4() },
])('$title', ({ load }) => {
  let codec: Codec
  beforeAll(async () => {
    await loadCodecs()
    codec = await load()
  })
  const pack = (raw: Buffer) => codec.compress(raw)
  const unpack = (packed: Buffer, limit = LIMIT) => codec.expand(packed, limit)
  const random = seededRandom(5)
  const text = Buffer.from(Array.from({ length: 30_000 }, (_, index) => `line ${index % 700}`).join('\n'))

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['a byte', Buffer.from('x')],
    ['text of several blocks', text],
    ['noise', randomBytes(random, 200_000)],
    ['zeros, exactly up to the limit', Buffer.alloc(LIMIT)],
  ])('%s comes back as it was', (_, raw) => {
    expect(unpack(pack(raw)).equals(raw)).toBe(true)
  })

  test('it reads what the codec in use writes, and the other way round', () => {
    const inUse = codecById(codec.id)
    for (const raw of [text, randomBytes(random, 100_000)]) {
      expect(unpack(inUse.compress(raw)).equals(raw)).toBe(true)
      expect(inUse.expand(pack(raw)).equals(raw)).toBe(true)
    }
    expect(pack(text).length).toBeLessThan(text.length / 2)
  })

  test('more than the limit is refused', () => {
    expect(() => unpack(pack(Buffer.alloc(LIMIT + 1)))).toThrow(errorCode('EXPANSION_LIMIT'))
    expect(() => unpack(pack(text), text.length - 1)).toThrow(errorCode('EXPANSION_LIMIT'))
  })

  test('pieces packed one by one and joined are read as one', () => {
    expect(
      unpack(Buffer.concat([pack(text), pack(Buffer.from('!'))])).equals(
        Buffer.concat([text, Buffer.from('!')]),
      ),
    ).toBe(true)
  })

  test('joined pieces are held to the limit together', () => {
    const half = pack(Buffer.alloc(LIMIT / 2 + 1))
    expect(() => unpack(Buffer.concat([half, half]))).toThrow(errorCode('EXPANSION_LIMIT'))
  })

  test('every strict prefix is refused or holds a part of the data', () => {
    const raw = Buffer.from('some text, some more text, and some text again')
    const packed = pack(raw)
    for (let length = 0; length < packed.length; length++) {
      try {
        const part = unpack(packed.subarray(0, length))
        // Only xerial framing has no end mark.
        expect([codec.name, part.length]).toEqual(['snappy', 0])
      } catch (error) {
        expect(error).toEqual(errorCode('BATCH_CORRUPT'))
      }
    }
  })

  test('damage fails by name or gives other bytes, but nothing else', () => {
    const packed = pack(text.subarray(0, 3000))
    for (let round = 0; round < 500; round++) {
      const damaged = Buffer.from(packed)
      damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256)
      try {
        expect(unpack(damaged).length).toBeLessThanOrEqual(LIMIT)
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^(BATCH_CORRUPT|EXPANSION_LIMIT)$/) })
      }
    }
  })
})

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

test('a raw snappy block is read, as librdkafka writes it', () => {
  expect(codecByName('snappy').expand(hex('05 10 68656c6c6f')).toString()).toBe('hello')
})

test('snappy is written in xerial framing, as Java writes it', () => {
  const packed = codecByName('snappy').compress(Buffer.from('hello'))
  expect(packed.toString('hex')).toBe('82534e41505059000000000100000001000000070510' + '68656c6c6f')
})

test('a snappy block that claims far more than it has is refused before room is made for it', () => {
  expect(() => codecByName('snappy').expand(hex('ffffff3f 10 68656c6c6f'))).toThrow(
    errorCode('BATCH_CORRUPT'),
  )
})

test('lz4 is written in one frame of independent blocks, which is what Java reads', () => {
  const packed = codecByName('lz4').compress(Buffer.from('hello'))
  expect(packed.toString('hex')).toBe('04224d18604082' + '05000080' + '68656c6c6f' + '00000000')
})

// Made by python-lz4 4.4.5 from 40 times "0123456789abcdef" and 70,000 zeros.
test.each([
  ['dependent blocks with content size and checksum', 'lz4-linked'],
  ['dependent blocks with checksums of their own', 'lz4-linked-checksums'],
])('lz4 frames of %s are read', (_, name) => {
  const expected = Buffer.concat([
    Buffer.from('0123456789abcdef'.repeat(40)),
    Buffer.alloc(70_000),
    Buffer.from('0123456789abcdef'.repeat(40)),
  ])
  for (const codec of [codecByName('lz4'), portableLz4()]) {
    expect(codec.expand(readGolden(name)).equals(expected)).toBe(true)
  }
})

test.each([
  ['lz4', '502a4d18 03000000 aabbcc'],
  ['zstd', '5f2a4d18 03000000 aabbcc'],
] as const)('skippable frames between others are passed over: %s', (name, skippable) => {
  const packed = codecByName(name).compress(Buffer.from('hello'))
  const joined = Buffer.concat([hex(skippable), packed, hex(skippable), packed])
  expect(codecByName(name).expand(joined).toString()).toBe('hellohello')
})

test('zstd frames without a content size are read, and held to the limit', () => {
  const packed = readGolden('java-zstd-large').subarray(61)
  const raw = codecByName('zstd').expand(packed)
  expect(raw.length).toBeGreaterThan(150_000)
  expect(codecByName('zstd').expand(packed, raw.length).equals(raw)).toBe(true)
  expect(() => codecByName('zstd').expand(packed, raw.length - 1)).toThrow(errorCode('EXPANSION_LIMIT'))
})

test('a zstd frame that claims more than its blocks can hold is refused before room is made for it', () => {
  expect(() => codecByName('zstd').expand(hex('28b52ffd a0 ffffff07 090000 61'))).toThrow(
    errorCode('BATCH_CORRUPT'),
  )
})

test('levels change how hard gzip and zstd try', () => {
  const raw = Buffer.from(
    randomBytes(seededRandom(3), 20_000).toString('hex').replaceAll(/[0-9]/g, 'and so on '),
  )
  expect(codecByName('gzip').compress(raw, 9).length).toBeLessThan(
    codecByName('gzip').compress(raw, 1).length,
  )
  expect(codecByName('zstd').compress(raw, 19).length).toBeLessThan(
    codecByName('zstd').compress(raw, 1).length,
  )
  expect(codecByName('gzip').compress(raw).length).toBe(gzipSync(raw).length)
})
