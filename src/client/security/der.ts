/** A value of ASN.1 in DER. */
export interface Der {
  readonly tag: number
  readonly content: Buffer
  /** With tag and length. */
  readonly whole: Buffer
}

export const TAG = {
  integer: 0x02,
  octets: 0x04,
  oid: 0x06,
  sequence: 0x30,
  context0: 0xa0,
  primitive0: 0x80,
} as const

/** The bytes are not DER. */
export class DerError extends Error {
  override readonly name = 'DerError'
}

/** The value at the beginning of `bytes`. */
export function readDer(bytes: Buffer): Der {
  const first = bytes[1]
  if (first === undefined) throw new DerError('a value is cut off')
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  // None is BER's way to say that the end is marked; more than four are longer than any file.
  if (first === 0x80 || lengthBytes > 4 || bytes.length < 2 + lengthBytes) throw new DerError('not DER')
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(2, lengthBytes)
  const from = 2 + lengthBytes
  if (from + length > bytes.length) throw new DerError('a value is cut off')
  return {
    tag: bytes[0]!,
    content: bytes.subarray(from, from + length),
    whole: bytes.subarray(0, from + length),
  }
}

/** The values that a content consists of. */
function readDerList(content: Buffer): Der[] {
  const found: Der[] = []
  for (let rest = content; rest.length > 0; rest = rest.subarray(found.at(-1)!.whole.length))
    found.push(readDer(rest))
  return found
}

/** The parts of a value that has to be of this kind. */
export function parts(value: Der | undefined, tag: number = TAG.sequence): Der[] {
  return readDerList(contentOf(value, tag))
}

export function contentOf(value: Der | undefined, tag: number): Buffer {
  if (value?.tag !== tag) throw new DerError('a value is of another kind')
  return value.content
}

/** A number that is small. */
export const numberOf = (value: Der | undefined): number => {
  const content = contentOf(value, TAG.integer)
  return content.readUIntBE(0, Math.min(content.length, 6))
}
