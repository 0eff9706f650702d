// A zstd frame (RFC 8878), little-endian: magic, descriptor, [window], [dictionary id], [content size]; blocks, each a
// 3-byte header (last, type, size) and its bytes; [checksum]. Skippable frames are a magic, a size and that many bytes.
//
// Java writes frames without a content size, and may write several; one-shot decoders need an upper bound for each.

import { corruptError } from '../codec.ts'

const MAGIC = 0xfd2fb528
const SKIPPABLE_MAGIC = 0x184d2a50
const MAX_BLOCK_BYTES = 128 * 1024
const DICTIONARY_ID_BYTES = [0, 1, 2, 4]
const RLE_BLOCK = 1
const COMPRESSED_BLOCK = 2

export interface ZstdFrame {
  start: number
  end: number
  /** No less than what the frame unfolds to. */
  maxBytes: number
  /** Whether the frame says so itself. */
  isExact: boolean
}

/** The frames with content, in order; throws BATCH_CORRUPT unless they fill `packed` exactly. */
export function readZstdFrames(packed: Buffer): ZstdFrame[] {
  const frames: ZstdFrame[] = []
  let at = 0
  while (at < packed.length) {
    const magic = uint(packed, at, 4)
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
      at += 8 + uint(packed, at + 4, 4)
      continue
    }
    if (magic !== MAGIC) throw corruptError('zstd', `no frame at ${at}`)
    const frame = readFrame(packed, at)
    frames.push(frame)
    at = frame.end
  }
  if (at > packed.length || frames.length === 0) throw corruptError('zstd', 'it ends early')
  return frames
}

function readFrame(packed: Buffer, start: number): ZstdFrame {
  const descriptor = uint(packed, start + 4, 1)
  const isSingleSegment = (descriptor & 0x20) !== 0
  const sizeFlag = descriptor >> 6
  const contentSizeBytes = sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 2 ** sizeFlag
  let at = start + 5 + (isSingleSegment ? 0 : 1) + DICTIONARY_ID_BYTES[descriptor & 0x03]!
  const contentSize = contentSizeBytes === 0 ? undefined : readContentSize(packed, at, contentSizeBytes)
  at += contentSizeBytes

  let maxBytes = 0
  for (let isLast = false; !isLast; ) {
    const head = uint(packed, at, 3)
    isLast = (head & 1) !== 0
    const type = (head >> 1) & 0x03
    const size = head >> 3
    if (type > COMPRESSED_BLOCK) throw corruptError('zstd', `a block of unknown type at ${at}`)
    at += 3 + (type === RLE_BLOCK ? 1 : size)
    maxBytes += type === COMPRESSED_BLOCK ? MAX_BLOCK_BYTES : size
  }
  if ((descriptor & 0x04) !== 0) at += 4
  if (at > packed.length) throw corruptError('zstd', 'it ends early')
  if (contentSize === undefined) return { start, end: at, maxBytes, isExact: false }
  // A decoder allocates what the header claims, so a claim that cannot be true must fail first.
  if (contentSize > maxBytes) throw corruptError('zstd', `the frame at ${start} claims ${contentSize} bytes`)
  return { start, end: at, maxBytes: contentSize, isExact: true }
}

function readContentSize(packed: Buffer, at: number, bytes: number): number {
  if (bytes === 8) return uint(packed, at + 4, 4) * 0x1_0000_0000 + uint(packed, at, 4)
  return uint(packed, at, bytes) + (bytes === 2 ? 256 : 0)
}

function uint(packed: Buffer, at: number, bytes: number): number {
  if (packed.length - at < bytes) throw corruptError('zstd', 'it ends early')
  return packed.readUIntLE(at, bytes)
}
