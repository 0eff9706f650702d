import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { MalformedError, Reader } from '../../src/bytes/reader.ts'
import { Writer } from '../../src/bytes/writer.ts'
import { codec } from '../../src/protocol/compile.ts'
import { MESSAGE_VERSIONS } from '../support/messages.ts'
import { seededRandom } from '../support/random.ts'
import { sample } from '../support/samples.ts'

const SEED = 20260
const SAMPLES = 8

function encode(
  message: (typeof MESSAGE_VERSIONS)[number][0],
  version: number,
  value: Record<string, never>,
): Buffer {
  const writer = new Writer()
  codec(message, version).encode(writer, value)
  return writer.takeBytes()
}

test('every version of every message is decoded to what was encoded', () => {
  const random = seededRandom(SEED)
  for (const [message, version] of MESSAGE_VERSIONS) {
    for (let count = 0; count < SAMPLES; count++) {
      const value = sample(message, version, random)
      const bytes = encode(message, version, value as Record<string, never>)
      const reader = new Reader(bytes)
      const where = `${message.name} v${version}`
      const decoded = codec(message, version).decode(reader)
      // The quick comparison first: explaining a difference is slow, and there are thousands of values.
      if (!isDeepStrictEqual(decoded, value)) expect(decoded, where).toEqual(value)
      if (reader.remaining !== 0) expect.fail(`${where} left ${reader.remaining} bytes`)
    }
  }
})

test('every strict prefix of a message throws', () => {
  const random = seededRandom(SEED + 1)
  for (const [message, version] of MESSAGE_VERSIONS) {
    const bytes = encode(message, version, sample(message, version, random) as Record<string, never>)
    const { decode } = codec(message, version)
    // Long ones are cut at a few hundred places, so that the run stays short.
    const step = Math.max(1, Math.floor(bytes.length / 300))
    for (let end = 0; end < bytes.length; end += step) {
      expect(() => decode(new Reader(bytes, 0, end)), `${message.name} v${version} cut at ${end}`).toThrow(
        MalformedError,
      )
    }
  }
})

test('a count that the bytes cannot hold is refused before anything is allocated', () => {
  const hugeCounts = [Buffer.from('7fffffff', 'hex'), Buffer.from('ffffffff07', 'hex')]
  for (const [message, version] of MESSAGE_VERSIONS) {
    for (const huge of hugeCounts) {
      const before = process.memoryUsage().heapUsed
      // Random bytes after the count: whatever the decoder makes of them, it must stay small.
      const bytes = Buffer.concat([huge, huge, huge, huge])
      try {
        codec(message, version).decode(new Reader(bytes))
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedError)
      }
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1024 * 1024)
    }
  }
})
