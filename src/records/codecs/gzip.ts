import { gunzipSync, gzipSync } from 'node:zlib'
import { type Codec, corruptError, DEFAULT_EXPANSION_LIMIT, expansionError } from '../codec.ts'

const MIN_CHUNK_BYTES = 1024
const MAX_CHUNK_BYTES = 1024 * 1024

export const gzip: Codec = {
  id: 1,
  name: 'gzip',
  compress: (raw, level = -1) => gzipSync(raw, { level }),
  expand(packed, limitBytes = DEFAULT_EXPANSION_LIMIT) {
    try {
      return gunzipSync(packed, { maxOutputLength: limitBytes, chunkSize: chunkBytesFor(packed) })
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause)) throw cause
      if (cause.code === 'ERR_BUFFER_TOO_LARGE') throw expansionError('gzip', limitBytes, cause)
      throw corruptError('gzip', cause.message, cause)
    }
  },
}

// A gzip member ends with the size it unfolds to: with chunks of that size the output is not pieced together.
function chunkBytesFor(packed: Buffer): number {
  const claimed = packed.length < 4 ? 0 : packed.readUInt32LE(packed.length - 4)
  return Math.min(Math.max(claimed, MIN_CHUNK_BYTES), MAX_CHUNK_BYTES)
}
