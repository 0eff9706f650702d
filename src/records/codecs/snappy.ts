// Two forms are in use. Java and its descendants write xerial framing: 8 bytes of magic, version and lowest
// compatible version as int32, then blocks, each an int32 length and a raw snappy block. librdkafka writes one
// raw block without a frame. A raw block starts with the length it unfolds to, as a varint.

import { loadNative } from '../../bytes/native.ts'
import { type Codec, corruptError, DEFAULT_EXPANSION_LIMIT, expansionError, libraryError } from '../codec.ts'

const MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const HEADER_BYTES = MAGIC.length + 8
/** What the Java client fills a block with. */
const BLOCK_BYTES = 32 * 1024
/** The best a snappy block can do is a copy of 64 bytes in 3. */
const MAX_RATIO = 22

/** Raw blocks, packed and unfolded; `unpack` throws when the block is damaged. */
interface SnappyLibrary {
  pack(raw: Buffer): Buffer
  unpack(block: Buffer): Buffer
}

/** The snappy codec, on the library's binary where there is one for this platform. */
export async function loadSnappy(): Promise<Codec> {
  const native = loadNative<typeof import('snappy')>('snappy')
  if (native === undefined) return await loadPortableSnappy()
  return snappyCodec({
    pack: (raw) => native.compressSync(raw),
    unpack: (block) => native.uncompressSync(block, { asBuffer: true }) as Buffer,
  })
}

/** The snappy codec in JavaScript alone. */
export async function loadPortableSnappy(): Promise<Codec> {
  const { compress, uncompress } = (await import('snappyjs')).default
  return snappyCodec({ pack: compress, unpack: uncompress })
}

const snappyCodec = (library: SnappyLibrary): Codec => ({
  id: 2,
  name: 'snappy',
  compress(raw) {
    const header = Buffer.alloc(HEADER_BYTES)
    MAGIC.copy(header)
    header.writeInt32BE(1, MAGIC.length)
    header.writeInt32BE(1, MAGIC.length + 4)
    const parts: Buffer[] = [header]
    for (let at = 0; at < raw.length; at += BLOCK_BYTES) {
      const block = library.pack(raw.subarray(at, at + BLOCK_BYTES))
      const length = Buffer.allocUnsafe(4)
      length.writeInt32BE(block.length)
      parts.push(length, block)
    }
    return Buffer.concat(parts)
  },
  expand(packed, limitBytes = DEFAULT_EXPANSION_LIMIT) {
    const blocks = isFramed(packed, 0) ? readFrame(packed) : [packed]
    let size = 0
    for (const block of blocks) {
      size += expandedBytes(block)
      if (size > limitBytes) throw expansionError('snappy', limitBytes)
    }
    const parts = blocks.map((block) => expandBlock(library, block))
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts, size)
  },
})

const isFramed = (packed: Buffer, at: number): boolean =>
  packed.length - at >= HEADER_BYTES && MAGIC.equals(packed.subarray(at, at + MAGIC.length))

function readFrame(packed: Buffer): Buffer[] {
  const blocks: Buffer[] = []
  let at = 0
  while (at < packed.length) {
    // Frames joined end to end are one stream to the Java reader.
    if (isFramed(packed, at)) {
      at += HEADER_BYTES
      continue
    }
    const length = packed.length - at < 4 ? -1 : packed.readInt32BE(at)
    at += 4
    if (length < 0 || length > packed.length - at) throw corruptError('snappy', `no whole block at ${at}`)
    blocks.push(packed.subarray(at, at + length))
    at += length
  }
  return blocks
}

function expandedBytes(block: Buffer): number {
  let size = 0
  for (let index = 0; index < 5; index++) {
    const byte = block[index]
    if (byte === undefined) break
    size += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) {
      // The library allocates what the block claims, so a claim that cannot be true must fail first.
      if (size > block.length * MAX_RATIO) throw corruptError('snappy', `${block.length} bytes claim ${size}`)
      return size
    }
  }
  throw corruptError('snappy', 'a block has no length')
}

function expandBlock(library: SnappyLibrary, block: Buffer): Buffer {
  try {
    return library.unpack(block)
  } catch (cause) {
    throw libraryError('snappy', cause)
  }
}
