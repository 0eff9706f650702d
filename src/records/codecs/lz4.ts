// An LZ4 frame, little-endian: magic, flags, block size id, [content size int64], [dictionary id], header checksum;
// blocks, each a uint32 size whose top bit means "stored", the bytes, [checksum]; a size of 0; [content checksum].
//
// The library's own frame reader stops after one frame, takes an input that ends early for a whole one, knows no
// limit and costs five times as much as its block reader. So frames are read and written here, block by block.
// Checksums are not looked at: the CRC of the batch covers the same bytes.

import { loadNative } from '../../bytes/native.ts'
import { type Codec, corruptError, DEFAULT_EXPANSION_LIMIT, expansionError, libraryError } from '../codec.ts'
import { packLz4Block, unpackLz4Block } from './lz4-block.ts'

const MAGIC = 0x184d2204
const SKIPPABLE_MAGIC = 0x184d2a50
const HEADER_BYTES = 7
const CONTENT_SIZE_BYTES = 8
const BLOCKS_INDEPENDENT = 0x20
const BLOCK_CHECKSUM = 0x10
const CONTENT_SIZE = 0x08
const CONTENT_CHECKSUM = 0x04
const DICTIONARY = 0x01
const STORED = 0x8000_0000
/** The best a block can do is one more match length byte for 255 bytes. */
const MAX_RATIO = 255
/** How far back a block may refer to the ones before it. */
const WINDOW_BYTES = 64 * 1024

// As the Java client writes: independent blocks (the only ones that Java reads) of 64 KiB, no checksums.
const WRITTEN_BLOCK_BYTES = 64 * 1024
const WRITTEN_HEADER = Buffer.from('04224d18604082', 'hex')
const END_MARK = Buffer.alloc(4)

interface Lz4Library {
  /** The packed block after four bytes that the frame's size of it replaces. */
  pack(raw: Buffer): Buffer
  /** Unfolds a block to at most `maxBytes`; `window` is what came before it. Throws when the block is damaged. */
  unpack(block: Buffer, maxBytes: number, window: Buffer | undefined): Buffer
}

const portableLibrary: Lz4Library = { pack: packLz4Block, unpack: unpackLz4Block }

/** The lz4 codec, on the library's binary where there is one for this platform. */
export const loadLz4 = (): Codec => lz4Codec(nativeLibrary() ?? portableLibrary)

/** The lz4 codec in JavaScript alone. */
export const portableLz4 = (): Codec => lz4Codec(portableLibrary)

function nativeLibrary(): Lz4Library | undefined {
  const native = loadNative<typeof import('lz4-napi')>('lz4-napi')
  if (native === undefined) return undefined
  return {
    pack: (raw) => native.compressSync(raw),
    unpack(block, maxBytes, window) {
      const sized = Buffer.allocUnsafe(4 + block.length)
      sized.writeUInt32LE(maxBytes, 0)
      block.copy(sized, 4)
      return window?.length ? native.uncompressSync(sized, window) : native.uncompressSync(sized)
    },
  }
}

const lz4Codec = (library: Lz4Library): Codec => ({
  id: 3,
  name: 'lz4',
  // Differs: Kafka's levels pick the high-compression variant; here there is one strength.
  compress(raw) {
    const parts: Buffer[] = [WRITTEN_HEADER]
    for (let at = 0; at < raw.length; at += WRITTEN_BLOCK_BYTES) {
      const block = raw.subarray(at, at + WRITTEN_BLOCK_BYTES)
      const packed = library.pack(block)
      const size = packed.length - 4
      if (size < block.length) {
        packed.writeUInt32LE(size, 0)
        parts.push(packed)
      } else {
        const head = Buffer.allocUnsafe(4)
        head.writeUInt32LE(STORED + block.length)
        parts.push(head, block)
      }
    }
    parts.push(END_MARK)
    return Buffer.concat(parts)
  },
  expand(packed, limitBytes = DEFAULT_EXPANSION_LIMIT) {
    const parts: Buffer[] = []
    let left = limitBytes
    const collect = (part: Buffer) => {
      left -= part.length
      if (left < 0) throw expansionError('lz4', limitBytes)
      parts.push(part)
    }
    if (packed.length === 0) throw corruptError('lz4', 'it is empty')
    for (let at = 0; at < packed.length; ) at = expandFrame(library, packed, at, collect)
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts, limitBytes - left)
  },
})

/** Hands the unfolded blocks of the frame at `start` to `collect`; gives the end of the frame. */
function expandFrame(
  library: Lz4Library,
  packed: Buffer,
  start: number,
  collect: (part: Buffer) => void,
): number {
  const magic = uint32(packed, start)
  if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
    return checkEnd(packed, start + 8 + uint32(packed, start + 4))
  }
  if (magic !== MAGIC) throw corruptError('lz4', `no frame at ${start}`)
  checkEnd(packed, start + HEADER_BYTES)
  const flags = packed[start + 4]!
  const blockSizeId = (packed[start + 5]! >> 4) & 0x07
  if (flags >> 6 !== 1 || blockSizeId < 4) throw corruptError('lz4', `no frame header at ${start}`)
  if ((flags & DICTIONARY) !== 0) throw corruptError('lz4', 'it needs a dictionary')
  const maxBlockBytes = 2 ** (8 + 2 * blockSizeId)
  const checksumBytes = (flags & BLOCK_CHECKSUM) === 0 ? 0 : 4
  let window = (flags & BLOCKS_INDEPENDENT) === 0 ? Buffer.alloc(0) : undefined

  let at = start + HEADER_BYTES + ((flags & CONTENT_SIZE) === 0 ? 0 : CONTENT_SIZE_BYTES)
  for (;;) {
    const head = uint32(packed, at)
    at += 4
    if (head === 0) return checkEnd(packed, at + ((flags & CONTENT_CHECKSUM) === 0 ? 0 : 4))
    const size = head >= STORED ? head - STORED : head
    if (size > maxBlockBytes) throw corruptError('lz4', `a block of ${size} bytes at ${at}`)
    const block = packed.subarray(at, checkEnd(packed, at + size))
    const part =
      head >= STORED ? block : expandBlock(library, block, Math.min(maxBlockBytes, size * MAX_RATIO), window)
    collect(part)
    if (window) window = Buffer.concat([window, part]).subarray(-WINDOW_BYTES)
    at += size + checksumBytes
  }
}

function expandBlock(
  library: Lz4Library,
  block: Buffer,
  maxBytes: number,
  window: Buffer | undefined,
): Buffer {
  try {
    return library.unpack(block, maxBytes, window)
  } catch (cause) {
    throw libraryError('lz4', cause)
  }
}

function checkEnd(packed: Buffer, end: number): number {
  if (end > packed.length) throw corruptError('lz4', 'it ends early')
  return end
}

function uint32(packed: Buffer, at: number): number {
  return packed.readUInt32LE(checkEnd(packed, at + 4) - 4)
}
