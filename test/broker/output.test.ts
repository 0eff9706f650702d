import { PassThrough, type TransformCallback } from 'node:stream'
import { expect, test } from 'vitest'
import { AnswerMemory } from '../../src/broker/answer-memory.ts'
import { Output } from '../../src/broker/output.ts'
import { Turn } from '../../src/broker/turn.ts'
import type { ByteSource } from '../../src/bytes/byte-source.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { randomBytes, randomInteger, seededRandom } from '../support/random.ts'
import { settled } from '../support/wire-client.ts'

const LIMITS = { pieceBytes: 100, smallPieceBytes: 10, fileBytes: 350, otherBytes: 1000 }

/** A file that counts what was read from it. */
class TestSource implements ByteSource {
  readonly bytes: Buffer
  readBytes = 0
  failsFrom = Infinity

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  get length(): number {
    return this.bytes.length
  }

  copy(target: Buffer, at: number, from: number, count: number): void {
    if (from + count > this.failsFrom) throw new Error('gone')
    this.bytes.copy(target, at, from, from + count)
    this.readBytes += count
  }
}

/** Copies what goes through it, as a kernel does. */
class Kernel extends PassThrough {
  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    done(null, Buffer.from(chunk))
  }
}

function open(memory = new AnswerMemory(LIMITS)) {
  const stream = new Kernel({ highWaterMark: 50 })
  const seen = { takes: 0, failures: [] as unknown[], sent: 0 }
  const output = new Output({
    stream,
    turn: new Turn(new ManualClock(), () => {}),
    memory,
    taken: () => seen.takes++,
    failed: (error) => seen.failures.push(error),
  })
  stream.on('drain', () => output.flow())
  const onSent = [() => seen.sent++]
  return { stream, memory, output, seen, onSent }
}

/** Everything that the client takes. */
async function take(stream: PassThrough): Promise<Buffer> {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  await settled()
  return Buffer.concat(chunks)
}

test('any answers arrive in order, whatever they consist of', async () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = seededRandom(seed)
    const { stream, memory, output, seen } = open()
    const expected: Buffer[] = []
    let count = 0
    for (let answer = 0; answer < randomInteger(random, 1, 20); answer++) {
      const parts = Array.from({ length: randomInteger(random, 1, 5) }, () => {
        const bytes = randomBytes(random, randomInteger(random, 0, 500))
        expected.push(bytes)
        return random() < 0.5 ? bytes : new TestSource(bytes)
      })
      output.write({ parts, onSent: [() => count++] })
      if (random() < 0.3) await settled()
      expect(count).toBeLessThanOrEqual(answer + 1)
    }
    expect((await take(stream)).equals(Buffer.concat(expected)), `seed ${seed}`).toBe(true)
    expect([output.isEmpty, output.heldBytes, memory.heldBytes]).toEqual([true, 0, 0])
    expect(seen.failures).toEqual([])
    stream.destroy()
  }
})

test('a file is read as the client takes it, and no further', async () => {
  const { stream, memory, output, seen, onSent } = open()
  const source = new TestSource(Buffer.alloc(1000, 'x'))
  output.write({ parts: [Buffer.from('head'), source], onSent })
  await settled()
  // One piece waits in the stream, which has taken none or one before it.
  expect(source.readBytes).toBeLessThanOrEqual(200)
  expect(memory.heldBytes).toBeLessThanOrEqual(200)
  expect([output.isFull, seen.sent]).toEqual([true, 0])
  expect(await take(stream)).toHaveLength(1004)
  expect([source.readBytes, output.isFull, seen.sent, memory.heldBytes]).toEqual([1000, false, 1, 0])
})

test('when clients hold too much together, each of them still gets small pieces', async () => {
  const memory = new AnswerMemory(LIMITS)
  const clients = Array.from({ length: 50 }, () => open(memory))
  for (const { output } of clients)
    output.write({ parts: [new TestSource(Buffer.alloc(1000, 'x'))], onSent: [] })
  await settled()
  expect(memory.heldBytes).toBeGreaterThan(LIMITS.fileBytes - LIMITS.pieceBytes)
  expect(memory.heldBytes).toBeLessThan(LIMITS.fileBytes + 50 * 10 * LIMITS.smallPieceBytes)
  for (const { stream } of clients.toReversed()) expect(await take(stream)).toHaveLength(1000)
  expect(memory.heldBytes).toBe(0)
})

test('what was not sent is given back when the connection closes', async () => {
  const { stream, memory, output, seen, onSent } = open()
  output.write({ parts: [Buffer.alloc(500), new TestSource(Buffer.alloc(500))], onSent })
  output.write({ parts: [Buffer.alloc(500)], onSent })
  await settled()
  expect(memory.heldBytes).toBeGreaterThanOrEqual(1000)
  stream.destroy()
  output.close()
  await settled()
  expect([memory.heldBytes, seen.sent, seen.failures]).toEqual([0, 2, []])
})

test('a file that cannot be read ends the output', async () => {
  const { stream, memory, output, seen, onSent } = open()
  const source = new TestSource(Buffer.alloc(1000))
  source.failsFrom = 250
  output.write({ parts: [source], onSent })
  stream.resume()
  await settled()
  expect(seen.failures).toHaveLength(1)
  output.close()
  stream.destroy()
  await settled()
  expect([memory.heldBytes, seen.sent]).toEqual([0, 1])
})

test('requests with long answers wait while answers hold too much, and proceed one by one', async () => {
  const memory = new AnswerMemory(LIMITS)
  let awaited = 0
  memory.onAwaited = () => awaited++
  expect(memory.room()).toBeNull()
  memory.hold(1200)
  let proceeded = 0
  // Each takes all that is left.
  for (let i = 0; i < 3; i++) {
    void memory.room()?.then(() => {
      proceeded++
      memory.hold(1000)
    })
  }
  await settled()
  expect([awaited, proceeded, memory.isAwaited, memory.excessBytes]).toEqual([1, 0, true, 700])
  memory.giveBack(1200)
  await settled()
  expect(proceeded).toBe(1)
  // Those that come later do not overtake.
  expect(memory.room()).not.toBeNull()
  memory.giveBack(1000)
  await settled()
  expect(proceeded).toBe(2)
})
