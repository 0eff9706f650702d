import { expect, test } from 'vitest'
import { FrameMemory } from '../../src/broker/frame-memory.ts'
import { FrameCutter, FrameSizeError } from '../../src/broker/frames.ts'
import { CountingBuffers } from '../support/counting-buffers.ts'
import { randomBytes, randomInteger, seededRandom } from '../support/random.ts'

const counting = (large = 2 * 1024 * 1024) =>
  new CountingBuffers({ tiny: large >> 2, small: large >> 1, large })

const framed = (body: Buffer): Buffer => {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return Buffer.concat([length, body])
}

/** All frames that are whole by now, copied as the cutter may use their memory again. */
function cut(cutter: FrameCutter): Buffer[] {
  const frames: Buffer[] = []
  for (let frame = cutter.next(); frame; frame = cutter.next()) {
    frames.push(Buffer.from(frame))
    cutter.release()
  }
  return frames
}

const plenty = () => new FrameMemory(() => Infinity, 2 * 1024 * 1024)

const LIMIT = 100 * 1024 * 1024

test('a frame cut at every byte is put together again', () => {
  const body = Buffer.from('what one frame holds')
  const whole = framed(body)
  for (let at = 0; at <= whole.length; at++) {
    const buffers = counting(64)
    const cutter = new FrameCutter(buffers, LIMIT, plenty())
    cutter.push(whole.subarray(0, at))
    const early = cut(cutter)
    expect(early).toEqual(at === whole.length ? [body] : [])
    cutter.push(whole.subarray(at))
    expect([...early, ...cut(cutter)]).toEqual([body])
    expect(buffers.lent).toBe(0)
  }
})

test('frames that come byte by byte are put together again', () => {
  const bodies = ['one', '', 'three', 'and a longer one'].map((text) => Buffer.from(text))
  const cutter = new FrameCutter(counting(8), LIMIT, plenty())
  const frames = [...Buffer.concat(bodies.map(framed))].flatMap((byte) => {
    cutter.push(Buffer.from([byte]))
    return cut(cutter)
  })
  expect(frames).toEqual(bodies)
})

test('several frames in one chunk are views on it', () => {
  const chunk = Buffer.concat(['one', 'two', 'three'].map((text) => framed(Buffer.from(text))))
  const buffers = counting()
  const cutter = new FrameCutter(buffers, LIMIT, plenty())
  cutter.push(chunk)
  for (const text of ['one', 'two', 'three']) {
    const frame = cutter.next()!
    expect(frame.toString()).toBe(text)
    expect(frame.buffer).toBe(chunk.buffer)
    expect(buffers.lent).toBe(0)
    cutter.release()
  }
  expect(cutter.next()).toBeNull()
})

test('frames in a shared chunk are copied, so that the chunk can be used again', () => {
  const chunk = Buffer.concat(['one', 'two', 'three'].map((text) => framed(Buffer.from(text))))
  const buffers = counting(64)
  const cutter = new FrameCutter(buffers, LIMIT, plenty())
  cutter.pushShared(chunk)
  const first = cutter.next()!
  cutter.settle()
  chunk.fill(0)
  expect(first.toString()).toBe('one')
  cutter.release()
  expect(cut(cutter).map(String)).toEqual(['two', 'three'])
  expect(buffers.lent).toBe(0)
})

test('the bytes of a large frame can be written to its buffer, and only those', () => {
  const body = randomBytes(seededRandom(5), 5 * 1024 * 1024 + 17)
  const stream = framed(body)
  const buffers = counting()
  const cutter = new FrameCutter(buffers, LIMIT, plenty())
  expect(cutter.gap).toBeNull()
  cutter.pushShared(stream.subarray(0, 1000))
  expect(cutter.next()).toBeNull()
  cutter.settle()
  let at = 1000
  for (let gap = cutter.gap; gap !== null; gap = cutter.gap) {
    expect(gap.length).toBeLessThanOrEqual(stream.length - at)
    const count = stream.copy(gap, 0, at, at + 300_000)
    at += count
    expect(cutter.fillGap(count)).toBe(at === stream.length)
  }
  // The last few bytes come with what follows them.
  expect(stream.length - at).toBeLessThan(16 * 1024)
  cutter.pushShared(Buffer.concat([stream.subarray(at), framed(Buffer.from('next'))]))
  expect(cutter.next()!.equals(body)).toBe(true)
  cutter.release()
  expect(cutter.next()!.toString()).toBe('next')
  cutter.release()
  expect(buffers.lent).toBe(0)
})

test('any frames in any chunks come out as they went in', () => {
  const random = seededRandom(7)
  for (let round = 0; round < 200; round++) {
    const buffers = counting(32)
    const cutter = new FrameCutter(buffers, LIMIT, plenty())
    const bodies = Array.from({ length: randomInteger(random, 1, 8) }, () =>
      randomBytes(random, randomInteger(random, 0, 120)),
    )
    const stream = Buffer.concat(bodies.map(framed))
    const frames: Buffer[] = []
    for (let at = 0; at < stream.length; ) {
      const end = Math.min(stream.length, at + randomInteger(random, 1, 60))
      cutter.push(stream.subarray(at, end))
      frames.push(...cut(cutter))
      at = end
    }
    expect(frames).toEqual(bodies)
    expect(buffers.lent).toBe(0)
  }
})

test('a frame larger than a reused buffer grows with the bytes that come', () => {
  const body = randomBytes(seededRandom(3), 5 * 1024 * 1024 + 17)
  const stream = framed(body)
  const buffers = counting()
  const cutter = new FrameCutter(buffers, LIMIT, plenty())
  const frames: Buffer[] = []
  for (let at = 0; at < stream.length; at += 65_536) {
    cutter.push(stream.subarray(at, at + 65_536))
    frames.push(...cut(cutter))
  }
  expect(frames).toHaveLength(1)
  expect(frames[0]!.equals(body)).toBe(true)
})

test('a large length alone takes no memory beyond one reused buffer', () => {
  const buffers = counting(64)
  const cutter = new FrameCutter(buffers, LIMIT, plenty())
  const announced = Buffer.alloc(14)
  announced.writeInt32BE(LIMIT)
  cutter.push(announced)
  const before = process.memoryUsage().arrayBuffers
  expect(cutter.next()).toBeNull()
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000)
  expect(buffers.lent).toBe(1)
  cutter.close()
  expect(buffers.lent).toBe(0)
})

test.each([-1, -2147483648, LIMIT + 1, 2147483647])('a length of %i is refused', (length) => {
  const cutter = new FrameCutter(counting(), LIMIT, plenty())
  const bytes = Buffer.alloc(8)
  bytes.writeInt32BE(length)
  cutter.push(bytes)
  expect(() => cutter.next()).toThrow(FrameSizeError)
})

test('a frame of just the limit is taken', () => {
  const cutter = new FrameCutter(counting(), 10, plenty())
  cutter.push(framed(Buffer.alloc(10, 1)))
  expect(cut(cutter)).toEqual([Buffer.alloc(10, 1)])
})

test('frames wait for each other once they hold all the memory they may, the small ones never', () => {
  const memory = new FrameMemory(() => 100, 16)
  const buffers = counting(16)
  const open = () => new FrameCutter(buffers, LIMIT, memory)
  const [first, second, medium, other, small] = [open(), open(), open(), open(), open()]
  const announce = (cutter: FrameCutter, length: number) => {
    const start = Buffer.alloc(8)
    start.writeInt32BE(length)
    cutter.push(start)
    return cutter.next()
  }
  expect(announce(first, 90)).toBeNull()
  expect(first.isStarved).toBe(false)
  // Large ones leave a quarter to the others.
  expect(announce(second, 150)).toBeNull()
  expect(second.isStarved).toBe(true)
  expect(announce(medium, 16)).toBeNull()
  expect(medium.isStarved).toBe(false)
  expect(announce(other, 16)).toBeNull()
  expect([other.isStarved, other.hasNothing]).toEqual([true, false])
  expect(announce(small, 8)).toBeNull()
  expect(small.isStarved).toBe(false)
  expect([first, second, medium].map((cutter) => cutter.missingFrameBytes)).toEqual([90, 0, 16])

  let retried = 0
  memory.whenRoom(() => retried++)
  first.push(Buffer.alloc(86))
  expect(first.next()).toHaveLength(90)
  expect(first.missingFrameBytes).toBe(0)
  expect(retried).toBe(0)
  first.release()
  expect(retried).toBe(1)
  expect(second.next()).toBeNull()
  expect(second.isStarved).toBe(false)
})
