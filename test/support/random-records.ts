import { type Int64, MAX_INT64 } from '../../src/bytes/int64.ts'
import { readName } from '../../src/records/header-name.ts'
import type { RecordHeader } from '../../src/records/record.ts'
import { randomBytes, randomInteger } from './random.ts'

export interface RandomRecord {
  readonly partition: number
  readonly timestamp: Int64
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
}

/** What is easily lost or taken for something else on its way through JSON. */
const TEXTS = [
  '',
  ' ',
  'null',
  '{"base64":"/w=="}',
  '{"topic":"other","value":"x"}',
  '"',
  '\\',
  '\\u0000',
  '\0',
  'a\0b',
  'line\nbreak',
  '\r\n',
  '\u2028\u2029',
  '\ufeffbyte order mark',
  '\ufffd',
  'grüße',
  '😀',
  '\u0001\u001f\u007f\u0080',
  '[["h",null]]',
  '//8=',
]

/** Microseconds, nanoseconds, and what a number of JavaScript just holds or does not. */
const TIMES: readonly Int64[] = [
  1_700_000_000_000_000,
  1_700_000_000_000_000_001n,
  Number.MAX_SAFE_INTEGER,
  2n ** 53n,
  2n ** 53n + 1n,
  2n ** 62n + 1n,
  MAX_INT64,
]

/** Bytes that are no UTF-8: a lone 0xff, too long a form, half of a surrogate pair, a cut character. */
const BYTES = ['ff', 'c0af', 'eda080', 'edb080', 'f09f98', '41ff42', 'f4908080', 'efbfbdff', '80']

const NAMES = ['h', 'h', 'H', 'trace-id', ...TEXTS]

const MEGABYTE = 1 << 20

export function randomRecord(random: () => number, partitions: number): RandomRecord {
  const count = random() < 0.4 ? 0 : randomInteger(random, 1, 6)
  return {
    partition: randomInteger(random, 0, partitions),
    timestamp: random() < 0.2 ? pick(random, TIMES) : randomInteger(random, 0, 1_700_000_000_000),
    key: randomField(random),
    value: random() < 0.005 ? large(random) : randomField(random),
    headers: Array.from({ length: count }, (): RecordHeader => {
      const name = random() < 0.9 ? Buffer.from(pick(random, NAMES)) : bytes(random)
      return [readName(name, 0, name.length), randomField(random)]
    }),
  }
}

function randomField(random: () => number): Buffer | null {
  const kind = random()
  if (kind < 0.2) return null
  if (kind < 0.6) return Buffer.from(pick(random, TEXTS))
  if (kind < 0.8) return bytes(random)
  return Buffer.from(Array.from({ length: 12 }, () => pick(random, [...TEXTS])).join(''))
}

const bytes = (random: () => number): Buffer =>
  random() < 0.5 ? Buffer.from(pick(random, BYTES), 'hex') : randomBytes(random, randomInteger(random, 0, 40))

/** A megabyte of text or of bytes. */
function large(random: () => number): Buffer {
  const piece = random() < 0.5 ? Buffer.from('ä\u2028"\\😀') : randomBytes(random, 1000)
  return Buffer.alloc(MEGABYTE, piece)
}

const pick = <T>(random: () => number, from: readonly T[]): T => from[randomInteger(random, 0, from.length)]!
