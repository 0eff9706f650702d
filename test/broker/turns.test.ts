import { Duplex } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { AnswerMemory } from '../../src/broker/answer-memory.ts'
import { Connection } from '../../src/broker/connection.ts'
import type { Answer } from '../../src/broker/dispatch.ts'
import { FrameMemory } from '../../src/broker/frame-memory.ts'
import { streamInput } from '../../src/broker/input.ts'
import { CountingBuffers } from '../support/counting-buffers.ts'
import { ManualClock } from '../support/manual-clock.ts'

/** A client that takes everything at once, so that no write has to wait for it. */
class GreedyClient extends Duplex {
  takenBytes = 0

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.takenBytes += chunk.length
    done()
  }
}

/** A connection on a clock that shows what `work` takes, and how much of it was done in one turn at most. */
function open(answer: (work: (ms: number) => void) => Answer | Promise<Answer>) {
  const stream = new GreedyClient()
  const clock = new ManualClock()
  const seen = { answers: 0, turnMs: 0, longestMs: 0 }
  const work = (ms: number) => {
    clock.pass(ms)
    seen.turnMs += ms
    seen.longestMs = Math.max(seen.longestMs, seen.turnMs)
  }
  const connection = new Connection({
    input: streamInput(stream),
    dispatcher: {
      answer() {
        seen.answers++
        return answer(work)
      },
    },
    buffers: new CountingBuffers(),
    memory: new FrameMemory(() => 1e9, 1e6),
    answers: new AnswerMemory(),
    node: 1,
    clientAddress: '',
    localAddress: '',
    listener: '',
    maxRequestBytes: 100_000_000,
    clock,
    logger: { info() {}, warn() {}, error() {} },
  })
  /** Until all is done: the event loop turns, and with each turn a new count begins. */
  const run = async (isDone: () => boolean) => {
    for (let turn = 0; turn < 10_000 && !isDone(); turn++) {
      seen.turnMs = 0
      await setImmediate()
    }
    expect(isDone()).toBe(true)
  }
  return { stream, connection, seen, work, run }
}

const frames = (count: number): Buffer => {
  const frame = Buffer.alloc(104)
  frame.writeInt32BE(100)
  return Buffer.concat(Array.from({ length: count }, () => frame))
}

const short = (): Answer => ({ parts: [Buffer.alloc(10)], onSent: [] })

test.each([
  ['at once', (answer: Answer) => answer],
  ['by a promise', (answer: Answer) => Promise.resolve(answer)],
])('many requests in one chunk, answered %s, do not keep the event loop', async (_name, give) => {
  const { stream, seen, run } = open((work) => {
    work(2)
    return give(short())
  })
  stream.push(frames(500))
  await run(() => seen.answers === 500)
  await run(() => stream.takenBytes === 5000)
  expect(seen.longestMs).toBeLessThanOrEqual(8)
  // More of them come only when these are done.
  stream.push(frames(1))
  await run(() => seen.answers === 501)
})

test('a long answer to a client that takes it as fast as it is written does not keep the event loop', async () => {
  const length = 100 * 1024 * 1024
  const { stream, seen, run } = open((work) => ({
    parts: [Buffer.alloc(8), { length, copy: () => work(1) }],
    onSent: [],
  }))
  stream.push(frames(2))
  await run(() => stream.takenBytes === 2 * (length + 8))
  expect(seen.answers).toBe(2)
  expect(seen.longestMs).toBeLessThanOrEqual(8)
})

test('a client that ends its side gets the answers to all that it asked, over any number of turns', async () => {
  const { stream, connection, seen, run } = open((work) => {
    work(4)
    return { parts: [Buffer.alloc(8), { length: 1_000_000, copy: () => work(1) }], onSent: [] }
  })
  let isClosed = false
  connection.onClose(() => {
    isClosed = true
  })
  stream.push(frames(20))
  stream.push(null)
  await run(() => isClosed)
  expect(seen.answers).toBe(20)
  expect(stream.takenBytes).toBe(20 * 1_000_008)
})
