// An LZ4 frame, little-endian: magic, flags, block size id, [content size int64], [dictionary id], header checksum;
// blocks, each a uint32 size whose top bit means "stored", the bytes, [checksum]; a size of 0; [content checksum].
//
// The library unfolds the first frame only, without a limit, and takes an input that ends early for a whole one. So
// the frames are walked here first: where each ends, and how much it can unfold to.

import { compressFrameSync, decompressFrameSync } from 'lz4-napi'
import { type Codec, corruptError, DEFAULT_EXPANSION_LIMIT, expansionError } from '../codec.ts'

const MAGIC = 0x184d2204
const SKIPPABLE_MAGIC = 0x184d2a50
const BLOCK_CHECKSUM = 0x10
const CONTENT_SIZE = 0x08
const CONTENT_CHECKSUM = 0x04
const DICTIONARY = 0x01
const STORED = 0x8000_0000
/** The best a block can do is one more match length byte for 255 bytes. */
const MAX_RATIO = 255

export const lz4: Codec = {
  id: 3,
  name: 'lz4',
  // Differs: Kafka's levels pick the high-compression variant; here there is one strength.
  // The library's frames have independent blocks, the only ones Java reads.
  compress: (raw) => compressFrameSync(raw),
  expand(packed, limitBytes = DEFAULT_EXPANSION_LIMIT) {
    const parts: Buffer[] = []
    let left = limitBytes
    for (const frame of readFrames(packed)) {
      // The bound is cheap and nearly always enough; only past the limit is the exact size worth its walk.
      if (frame.maxBytes > left && exactBytes(packed, frame) > left) throw expansionError('lz4', limitBytes)
      const part = expandFrame(packed.subarray(frame.start, frame.end))
      left -= part.length
      parts.push(part)
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
  },
}

interface Block {
  at: number
  size: number
  isStored: boolean
}

interface Frame {
  start: number
  end: number
  blocks: Block[]
  /** No less than what the frame unfolds to. */
  maxBytes: number
}

function readFrames(packed: Buffer): Frame[] {
  const frames: Frame[] = []
  let at = 0
  while (at < packed.length) {
    const magic = uint32(packed, at)
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
      at += 8 + uint32(packed, at + 4)
      continue
    }
    if (magic !== MAGIC) throw corruptError('lz4', `no frame at ${at}`)
    const frame = readFrame(packed, at)
    frames.push(frame)
    at = frame.end
  }
  if (at > packed.length || frames.length === 0) throw corruptError('lz4', 'it ends early')
  return frames
}

function readFrame(packed: Buffer, start: number): Frame {
  if (packed.length - start < 7) throw corruptError('lz4', 'it ends early')
  const flags = packed[start + 4]!
  const blockId = (packed[start + 5]! >> 4) & 0x07
  if (flags >> 6 !== 1 || blockId < 4) throw corruptError('lz4', `no frame header at ${start}`)
  if ((flags & DICTIONARY) !== 0) throw corruptError('lz4', 'it needs a dictionary')
  const maxBlockBytes = 2 ** (8 + 2 * blockId)
  const checksumBytes = (flags & BLOCK_CHECKSUM) === 0 ? 0 : 4
  const blocks: Block[] = []
  let maxBytes = 0
  let at = start + ((flags & CONTENT_SIZE) === 0 ? 7 : 15)
  for (;;) {
    const head = uint32(packed, at)
    at += 4
    if (head === 0) break
    const isStored = head >= STORED
    const size = isStored ? head - STORED : head
    if (size > maxBlockBytes) throw corruptError('lz4', `a block of ${size} bytes at ${at}`)
    blocks.push({ at, size, isStored })
    maxBytes += isStored ? size : Math.min(maxBlockBytes, size * MAX_RATIO)
    at += size + checksumBytes
  }
  if ((flags & CONTENT_CHECKSUM) !== 0) at += 4
  if (at > packed.length) throw corruptError('lz4', 'it ends early')
  return { start, end: at, blocks, maxBytes }
}

function uint32(packed: Buffer, at: number): number {
  if (packed.length - at < 4) throw corruptError('lz4', 'it ends early')
  return packed.readUInt32LE(at)
}

function exactBytes(packed: Buffer, frame: Frame): number {
  let total = 0
  for (const block of frame.blocks) total += block.isStored ? block.size : exactBlockBytes(packed, block)
  return total
}

// A block is a list of: token, [more literal length], literals, offset, [more match length].
function exactBlockBytes(packed: Buffer, block: Block): number {
  const end = block.at + block.size
  let at = block.at
  let total = 0
  const readMore = (nibble: number): number => {
    let length = nibble
    if (nibble !== 15) return length
    for (let byte = 255; byte === 255; ) {
      if (at >= end) throw corruptError('lz4', `a length runs past the block at ${block.at}`)
      byte = packed[at++]!
      length += byte
    }
    return length
  }
  while (at < end) {
    const token = packed[at++]!
    const literals = readMore(token >> 4)
    total += literals
    at += literals
    if (at >= end) return total
    at += 2
    total += readMore(token & 0x0f) + 4
  }
  return total
}

function expandFrame(frame: Buffer): Buffer {
  try {
    return decompressFrameSync(frame)
  } catch (cause) {
    throw corruptError('lz4', cause instanceof Error ? cause.message : String(cause), cause)
  }
}
