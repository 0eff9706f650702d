// XXH3 with 64 bits, seed 0 and the standard secret, as its specification has it
// (github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md). For short texts: 64-bit arithmetic is slow here.

const SECRET = Buffer.from(
  'b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221' +
    'b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8' +
    'a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb' +
    '170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e',
  'hex',
)

const P32_1 = 0x9e3779b1n
const P32_2 = 0x85ebca77n
const P32_3 = 0xc2b2ae3dn
const P64_1 = 0x9e3779b185ebca87n
const P64_2 = 0xc2b2ae3d27d4eb4fn
const P64_3 = 0x165667b19e3779f9n
const P64_4 = 0x85ebca77c2b2ae63n
const P64_5 = 0x27d4eb2f165667c5n
const MIX_1 = 0x165667919e3779f9n
const MIX_2 = 0x9fb21c651e98df25n
const LOW_32 = 0xffff_ffffn

const STRIPE_BYTES = 64
const STRIPES_PER_BLOCK = (SECRET.length - STRIPE_BYTES) / 8
const BLOCK_BYTES = STRIPE_BYTES * STRIPES_PER_BLOCK

const u64 = (value: bigint): bigint => BigInt.asUintN(64, value)
const rotate = (value: bigint, bits: bigint): bigint => u64((value << bits) | (value >> (64n - bits)))
const read = (buffer: Buffer, at: number): bigint => buffer.readBigUInt64LE(at)
const secret = (at: number): bigint => read(SECRET, at)

function swapBytes(value: bigint): bigint {
  const buffer = Buffer.alloc(8)
  buffer.writeBigUInt64LE(value)
  return buffer.readBigUInt64BE()
}

function foldedProduct(one: bigint, other: bigint): bigint {
  const product = one * other
  return u64(product) ^ (product >> 64n)
}

function avalanche(value: bigint): bigint {
  const mixed = u64((value ^ (value >> 37n)) * MIX_1)
  return mixed ^ (mixed >> 32n)
}

function avalancheShort(value: bigint): bigint {
  let mixed = u64((value ^ (value >> 33n)) * P64_2)
  mixed = u64((mixed ^ (mixed >> 29n)) * P64_3)
  return mixed ^ (mixed >> 32n)
}

/** The hash as an unsigned number. */
export function xxh3(input: Buffer): bigint {
  const { length } = input
  if (length === 0) return avalancheShort(secret(56) ^ secret(64))
  if (length <= 3) return hashTo3(input)
  if (length <= 8) return hashTo8(input)
  if (length <= 16) return hashTo16(input)
  if (length <= 128) return hashTo128(input)
  return length <= 240 ? hashTo240(input) : hashLong(input)
}

function hashTo3(input: Buffer): bigint {
  const { length } = input
  const combined =
    ((input[0]! << 16) | (input[length >> 1]! << 24) | input[length - 1]! | (length << 8)) >>> 0
  const flip = BigInt((SECRET.readUInt32LE(0) ^ SECRET.readUInt32LE(4)) >>> 0)
  return avalancheShort(BigInt(combined) ^ flip)
}

function hashTo8(input: Buffer): bigint {
  const { length } = input
  const first = BigInt(input.readUInt32LE(0))
  const last = BigInt(input.readUInt32LE(length - 4))
  let hash = (last + (first << 32n)) ^ secret(8) ^ secret(16)
  hash ^= rotate(hash, 49n) ^ rotate(hash, 24n)
  hash = u64(hash * MIX_2)
  hash ^= (hash >> 35n) + BigInt(length)
  hash = u64(hash * MIX_2)
  return hash ^ (hash >> 28n)
}

function hashTo16(input: Buffer): bigint {
  const { length } = input
  const low = read(input, 0) ^ secret(24) ^ secret(32)
  const high = read(input, length - 8) ^ secret(40) ^ secret(48)
  return avalanche(u64(BigInt(length) + swapBytes(low) + high + foldedProduct(low, high)))
}

const mix = (input: Buffer, at: number, secretAt: number): bigint =>
  foldedProduct(read(input, at) ^ secret(secretAt), read(input, at + 8) ^ secret(secretAt + 8))

function hashTo128(input: Buffer): bigint {
  const { length } = input
  let sum = BigInt(length) * P64_1
  for (let pair = Math.floor((length - 1) / 32); pair >= 0; pair--) {
    sum += mix(input, 16 * pair, 32 * pair) + mix(input, length - 16 * (pair + 1), 32 * pair + 16)
  }
  return avalanche(u64(sum))
}

function hashTo240(input: Buffer): bigint {
  const { length } = input
  let sum = BigInt(length) * P64_1
  for (let at = 0; at < 128; at += 16) sum += mix(input, at, at)
  sum = avalanche(u64(sum))
  for (let at = 128; at + 16 <= length; at += 16) sum += mix(input, at, at - 128 + 3)
  return avalanche(u64(sum + mix(input, length - 16, 136 - 17)))
}

function hashLong(input: Buffer): bigint {
  const { length } = input
  const lanes = [P32_3, P64_1, P64_2, P64_3, P64_4, P32_2, P64_5, P32_1]
  const blocks = Math.floor((length - 1) / BLOCK_BYTES)
  for (let block = 0; block < blocks; block++) {
    for (let stripe = 0; stripe < STRIPES_PER_BLOCK; stripe++) {
      accumulate(lanes, input, block * BLOCK_BYTES + stripe * STRIPE_BYTES, stripe * 8)
    }
    scramble(lanes)
  }
  const rest = blocks * BLOCK_BYTES
  const stripes = Math.floor((length - 1 - rest) / STRIPE_BYTES)
  for (let stripe = 0; stripe < stripes; stripe++) {
    accumulate(lanes, input, rest + stripe * STRIPE_BYTES, stripe * 8)
  }
  accumulate(lanes, input, length - STRIPE_BYTES, SECRET.length - STRIPE_BYTES - 7)
  let sum = BigInt(length) * P64_1
  for (let pair = 0; pair < 4; pair++) {
    const secretAt = 11 + 16 * pair
    sum += foldedProduct(lanes[2 * pair]! ^ secret(secretAt), lanes[2 * pair + 1]! ^ secret(secretAt + 8))
  }
  return avalanche(u64(sum))
}

function accumulate(lanes: bigint[], input: Buffer, at: number, secretAt: number): void {
  for (let lane = 0; lane < 8; lane++) {
    const value = read(input, at + 8 * lane)
    const key = value ^ secret(secretAt + 8 * lane)
    lanes[lane ^ 1] = u64(lanes[lane ^ 1]! + value)
    lanes[lane] = u64(lanes[lane]! + (key & LOW_32) * (key >> 32n))
  }
}

function scramble(lanes: bigint[]): void {
  for (const [lane, value] of lanes.entries()) {
    const mixed = value ^ (value >> 47n) ^ secret(SECRET.length - STRIPE_BYTES + 8 * lane)
    lanes[lane] = u64(mixed * P32_1)
  }
}
