// The LZ4 block format without a binary. A block is a row of sequences: a token (lengths of literals and match, four
// bits each, 15 meaning that more bytes follow), the literals, and how far back the match lies, as uint16. The last
// sequence has literals only.

const SIZE_BYTES = 4
const MIN_MATCH = 4
/** The last bytes of a block are literals, and the last match begins this far from the end: the format asks for both. */
const LAST_LITERALS = 5
const MATCH_MARGIN = 12
const MAX_DISTANCE = 0xffff
const HASH_BITS = 14
const LONG = 15

/** The packed block, which may be longer than `raw`, after four bytes that are left free for its size. */
export function packLz4Block(raw: Buffer): Buffer {
  const packed = Buffer.allocUnsafe(SIZE_BYTES + raw.length + Math.ceil(raw.length / 255) + 16)
  /** Where four bytes with this hash were seen last, counted from 1. */
  const seen = new Int32Array(1 << HASH_BITS)
  let to = SIZE_BYTES
  let literals = 0
  let misses = 0
  for (let at = 0; at < raw.length - MATCH_MARGIN; ) {
    const word = raw.readInt32LE(at)
    const slot = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS)
    const match = seen[slot]! - 1
    seen[slot] = at + 1
    if (match < 0 || at - match > MAX_DISTANCE || raw.readInt32LE(match) !== word) {
      // Noise is passed over in ever longer steps.
      at += 1 + (misses++ >> 6)
      continue
    }
    misses = 0
    let length = MIN_MATCH
    while (at + length < raw.length - LAST_LITERALS && raw[match + length] === raw[at + length]) length++
    to = writeLiterals(packed, to, raw.subarray(literals, at), length - MIN_MATCH)
    packed.writeUInt16LE(at - match, to)
    to = writeLength(packed, to + 2, length - MIN_MATCH)
    at += length
    literals = at
  }
  return packed.subarray(0, writeLiterals(packed, to, raw.subarray(literals), 0))
}

/** The token and the literals of a sequence; the offset and the rest of the match's length follow. */
function writeLiterals(packed: Buffer, start: number, literals: Buffer, matchLength: number): number {
  packed[start] = (Math.min(literals.length, LONG) << 4) | Math.min(matchLength, LONG)
  const to = writeLength(packed, start + 1, literals.length)
  literals.copy(packed, to)
  return to + literals.length
}

/** What does not fit into four bits: bytes of 255, then the rest. */
function writeLength(packed: Buffer, start: number, length: number): number {
  if (length < LONG) return start
  let to = start
  let rest = length - LONG
  for (; rest >= 255; rest -= 255) packed[to++] = 255
  packed[to++] = rest
  return to
}

/**
 * Unfolds a block to at most `maxBytes`; `window` is what came before it, for blocks that refer back. Throws an Error
 * when the block is damaged.
 */
export function unpackLz4Block(block: Buffer, maxBytes: number, window?: Buffer): Buffer {
  const before = window?.length ?? 0
  const raw = Buffer.allocUnsafe(before + maxBytes)
  window?.copy(raw)
  let at = 0
  let to = before
  const readLength = (short: number): number => {
    let length = short
    if (short === LONG) {
      for (let byte = 255; byte === 255; length += byte) byte = block[at++] ?? fail('it ends early')
    }
    return length
  }
  const checkRoom = (length: number): void => {
    if (length > raw.length - to) fail(`it unfolds to more than ${maxBytes} bytes`)
  }
  for (;;) {
    const token = block[at++] ?? fail('it ends early')
    const literals = readLength(token >> 4)
    if (literals > block.length - at) fail('it ends early')
    checkRoom(literals)
    block.copy(raw, to, at, at + literals)
    at += literals
    to += literals
    if (at === block.length) return raw.subarray(before, to)
    if (block.length - at < 2) fail('it ends early')
    const distance = block.readUInt16LE(at)
    at += 2
    const length = readLength(token & 0x0f) + MIN_MATCH
    if (distance === 0 || distance > to) fail(`a match lies ${distance} bytes back`)
    checkRoom(length)
    copyMatch(raw, to, distance, length)
    to += length
  }
}

/** A match may overlap with what it makes: that is how repetitions are written. */
function copyMatch(raw: Buffer, to: number, distance: number, length: number): void {
  if (distance >= length) raw.copyWithin(to, to - distance, to - distance + length)
  else for (let end = to + length; to < end; to++) raw[to] = raw[to - distance]!
}

function fail(what: string): never {
  throw new Error(what)
}
