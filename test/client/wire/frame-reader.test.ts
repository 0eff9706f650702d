import { expect, test } from 'vitest'
import { FrameLengthError, FrameReader } from '../../../src/client/wire/frame-reader.ts'
import { seededRandom } from '../../support/random.ts'

function frameOf(length: number, fill: number): Buffer {
  const frame = Buffer.alloc(4 + length, fill)
  frame.writeInt32BE(length, 0)
  return frame
}

/** Delivers bytes as a socket would, in pieces of at most `pieceBytes`. */
function deliver(reader: FrameReader, bytes: Buffer, pieceBytes: () => number): void {
  for (let at = 0; at < bytes.length; ) {
    const copied = bytes.copy(reader.space(), 0, at, Math.min(bytes.length, at + pieceBytes()))
    at += copied
    reader.filled(copied)
  }
}

test('frames of any length come out whole, however they were cut on the way', () => {
  const lengths = [4, 5, 100, 65_531, 65_532, 65_533, 4, 70_000, 1_000_000, 4, 65_536, 200_000, 9]
  const stream = Buffer.concat(lengths.map((length, i) => frameOf(length, i)))
  const random = seededRandom(11)
  for (const most of [1000, 7000, 65_536, 10_000_000]) {
    const frames: Buffer[] = []
    const reader = new FrameReader(10_000_000, (frame) => frames.push(frame))
    deliver(reader, stream, () => 1 + Math.floor(random() * most))
    expect(frames.map(({ length }) => length)).toEqual(lengths)
    frames.forEach((frame, i) => {
      expect(frame.equals(Buffer.alloc(lengths[i]!, i))).toBe(true)
    })
  }
})

test('the memory of a recycled frame is used again for a later one', () => {
  const frames: Buffer[] = []
  const reader = new FrameReader(10_000_000, (frame) => frames.push(frame))
  deliver(reader, frameOf(200_000, 1), () => 65_536)
  reader.recycle(frames[0]!)
  deliver(reader, frameOf(150_000, 2), () => 65_536)
  deliver(reader, frameOf(150_000, 3), () => 65_536)
  expect(frames[1]!.buffer).toBe(frames[0]!.buffer)
  expect(frames[2]!.buffer).not.toBe(frames[0]!.buffer)
  expect(frames[1]!.equals(Buffer.alloc(150_000, 2))).toBe(true)
})

test.each([-1, 0, 3, 1001, 0x48545450])('a length of %i is refused before memory is taken', (length) => {
  const reader = new FrameReader(1000, () => {})
  const bytes = Buffer.alloc(8)
  bytes.writeInt32BE(length, 0)
  expect(() => deliver(reader, bytes, () => 8)).toThrow(FrameLengthError)
})
