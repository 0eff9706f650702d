// Java's old key store format, big-endian, texts as in DataOutputStream.writeUTF:
//   magic feedfeed, version u32, count u32, entries, SHA-1 of password + "Mighty Aphrodite" + all before it
//   entry 1, a key: alias, date u64, length u32, key, certificates: count u32, each type, length u32, DER
//   entry 2, a certificate: alias, date u64, type, length u32, DER
// A key is EncryptedPrivateKeyInfo under an algorithm of Sun's own: salt 20, key XOR a chain of SHA-1, SHA-1 of both.

import { createHash } from 'node:crypto'
import { contentOf, parts, readDer, TAG } from './der.ts'
import type { Secret } from './secret.ts'
import { type StoreContents, type StoredKey, StoreError } from './store-contents.ts'

const MAGIC = 0xfeedfeed
const DIGEST_BYTES = 20
const KEY_ENTRY = 1

export const isJks = (bytes: Buffer): boolean => bytes.length > 12 && bytes.readUInt32BE(0) === MAGIC

export function readJks(bytes: Buffer, password: Secret | undefined, keyPassword?: Secret): StoreContents {
  const body = bytes.subarray(0, -DIGEST_BYTES)
  // Without a password Java reads the certificates, unchecked.
  if (password !== undefined) {
    const digest = sha1(utf16(password), Buffer.from('Mighty Aphrodite'), body)
    if (!digest.equals(bytes.subarray(-DIGEST_BYTES)))
      throw new StoreError('the password is wrong, or the file is damaged')
  }
  const reader = new JksReader(body)
  reader.skip(4)
  const version = reader.uint32()
  const certificates: Buffer[] = []
  const keys: StoredKey[] = []
  for (let left = reader.uint32(); left > 0; left--) {
    const tag = reader.uint32()
    reader.text()
    reader.skip(8)
    if (tag === KEY_ENTRY) {
      const encrypted = reader.block()
      const chain = Array.from({ length: reader.uint32() }, () => reader.certificate(version))
      const secret = keyPassword ?? password
      if (secret !== undefined) keys.push({ pkcs8: decryptKey(encrypted, secret), certificates: chain })
    } else certificates.push(reader.certificate(version))
  }
  return { certificates, keys }
}

class JksReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  skip(count: number): void {
    this.#at += count
  }

  uint32(): number {
    this.#at += 4
    return this.#bytes.readUInt32BE(this.#at - 4)
  }

  text(): string {
    const length = this.#bytes.readUInt16BE(this.#at)
    this.#at += 2 + length
    return this.#bytes.toString('utf8', this.#at - length, this.#at)
  }

  block(): Buffer {
    const length = this.uint32()
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  certificate(version: number): Buffer {
    if (version > 1) this.text()
    return this.block()
  }
}

function decryptKey(info: Buffer, password: Secret): Buffer {
  const data = encryptedData(info)
  const secret = utf16(password)
  const key = Buffer.from(data.subarray(DIGEST_BYTES, -DIGEST_BYTES))
  let block = data.subarray(0, DIGEST_BYTES)
  for (let at = 0; at < key.length; at++) {
    if (at % DIGEST_BYTES === 0) block = sha1(secret, block)
    key[at]! ^= block[at % DIGEST_BYTES]!
  }
  if (!sha1(secret, key).equals(data.subarray(-DIGEST_BYTES)))
    throw new StoreError('the password of the key is wrong')
  return key
}

/** The octets of EncryptedPrivateKeyInfo ::= SEQUENCE { algorithm SEQUENCE, OCTET STRING }. */
const encryptedData = (info: Buffer): Buffer => contentOf(parts(readDer(info))[1], TAG.octets)

const sha1 = (...parts: Buffer[]): Buffer => {
  const hash = createHash('sha1')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

const utf16 = (secret: Secret): Buffer => Buffer.from(secret.reveal(), 'utf16le').swap16()
