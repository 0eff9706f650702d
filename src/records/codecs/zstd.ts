import zlib from 'node:zlib'
import { type Codec, DEFAULT_EXPANSION_LIMIT, expansionError, libraryError } from '../codec.ts'
import { readZstdFrames } from './zstd-frames.ts'

const DEFAULT_LEVEL = 3

interface ZstdLibrary {
  compress(raw: Buffer, level: number): Buffer
  /** Unfolds one frame; throws when it would give more than `maxBytes`. */
  expandFrame(frame: Buffer, maxBytes: number): Buffer
  isTooSmall(error: unknown): boolean
}

/** The zstd codec, on the library this Node offers. */
export async function loadZstd(): Promise<Codec> {
  return zstdCodec(nodeZstd(zlib as NodeZlib) ?? (await wasmZstd()))
}

// Node has zstd since 22.15; the types are those of the oldest supported Node.
type NodeZlib = typeof zlib & {
  zstdCompressSync?(raw: Buffer, options: object): Buffer
  zstdDecompressSync?(packed: Buffer, options: object): Buffer
  constants: { ZSTD_c_compressionLevel?: number }
}

function nodeZstd({ zstdCompressSync, zstdDecompressSync, constants }: NodeZlib): ZstdLibrary | undefined {
  const levelParameter = constants.ZSTD_c_compressionLevel
  if (!zstdCompressSync || !zstdDecompressSync || levelParameter === undefined) return undefined
  return {
    compress: (raw, level) => zstdCompressSync(raw, { params: { [levelParameter]: level } }),
    expandFrame: (frame, maxBytes) => zstdDecompressSync(frame, { maxOutputLength: Math.max(1, maxBytes) }),
    isTooSmall: (error) => error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE',
  }
}

async function wasmZstd(): Promise<ZstdLibrary> {
  const wasm = await import('@bokuweb/zstd-wasm')
  await wasm.init()
  const asBuffer = ({ buffer, byteOffset, length }: Uint8Array) => Buffer.from(buffer, byteOffset, length)
  return {
    compress: (raw, level) => asBuffer(wasm.compress(raw, level)),
    // The size is only used for frames that do not carry their own.
    expandFrame: (frame, maxBytes) => asBuffer(wasm.decompress(frame, { defaultHeapSize: maxBytes })),
    // The package has no error codes beyond its messages; 70 is zstd's dstSize_tooSmall.
    isTooSmall: (error) => error instanceof Error && error.message.endsWith('code -70'),
  }
}

const zstdCodec = (library: ZstdLibrary): Codec => ({
  id: 4,
  name: 'zstd',
  compress: (raw, level = DEFAULT_LEVEL) => library.compress(raw, level),
  expand(packed, limitBytes = DEFAULT_EXPANSION_LIMIT) {
    const parts: Buffer[] = []
    let left = limitBytes
    for (const { start, end, maxBytes, isExact } of readZstdFrames(packed)) {
      // Without a size of its own a frame may come to less than its bound: only trying tells.
      if (isExact && maxBytes > left) throw expansionError('zstd', limitBytes)
      const frame = packed.subarray(start, end)
      const part = expandFrame(library, frame, Math.min(maxBytes, left), limitBytes)
      left -= part.length
      parts.push(part)
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
  },
})

function expandFrame(library: ZstdLibrary, frame: Buffer, maxBytes: number, limitBytes: number): Buffer {
  try {
    return library.expandFrame(frame, maxBytes)
  } catch (cause) {
    if (library.isTooSmall(cause)) throw expansionError('zstd', limitBytes, cause)
    throw libraryError('zstd', cause)
  }
}
