// PKCS12 (RFC 7292) as keytool and openssl have written it since 2021:
//   PFX: version, data [AuthenticatedSafe: SafeContents, each in the clear or encrypted], MAC over it
//   SafeContents: bags of certificates, and of keys in PKCS8
// What is older (RC2), or not in DER, is left to node-forge, which takes ten times as long.

import {
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  pbkdf2Sync,
  timingSafeEqual,
} from 'node:crypto'
import { contentOf, type Der, DerError, numberOf, parts, readDer, TAG } from './der.ts'
import type { Secret } from './secret.ts'
import { type StoreContents, StoreError } from './store-contents.ts'

/** Object identifiers as the hex of their bytes. */
const PKCS = '2a864886f70d01'
const NIST = '6086480165030401'
const DATA = `${PKCS}0701`
const ENCRYPTED_DATA = `${PKCS}0706`
const BAG = { key: `${PKCS}0c0a0101`, shroudedKey: `${PKCS}0c0a0102`, certificate: `${PKCS}0c0a0103` }
const PBES2 = `${PKCS}050d`
const PBKDF2 = `${PKCS}050c`
const PBE_TRIPLE_DES = `${PKCS}0c0103`

const HMACS: Readonly<Record<string, string>> = {
  '2a864886f70d0207': 'sha1',
  '2a864886f70d0209': 'sha256',
  '2a864886f70d020a': 'sha384',
  '2a864886f70d020b': 'sha512',
}

const DIGESTS: Readonly<Record<string, Digest>> = {
  '2b0e03021a': { name: 'sha1', length: 20, block: 64 },
  '608648016503040201': { name: 'sha256', length: 32, block: 64 },
  '608648016503040202': { name: 'sha384', length: 48, block: 128 },
  '608648016503040203': { name: 'sha512', length: 64, block: 128 },
}

const CIPHERS: Readonly<Record<string, { readonly name: string; readonly keyBytes: number }>> = {
  [`${NIST}02`]: { name: 'aes-128-cbc', keyBytes: 16 },
  [`${NIST}16`]: { name: 'aes-192-cbc', keyBytes: 24 },
  [`${NIST}2a`]: { name: 'aes-256-cbc', keyBytes: 32 },
  '2a864886f70d0307': { name: 'des-ede3-cbc', keyBytes: 24 },
}

interface Digest {
  readonly name: string
  readonly length: number
  readonly block: number
}

/** The file uses what this reader has not. */
class Unsupported extends Error {}

/** Every certificate counts as trusted, as in a Java trust store. */
export async function readPkcs12(bytes: Buffer, password: Secret | undefined): Promise<StoreContents> {
  try {
    return readModern(bytes, password?.reveal())
  } catch (error) {
    if (!(error instanceof Unsupported || error instanceof DerError)) throw error
    const { readWithForge } = await import('./pkcs12-forge.ts')
    return readWithForge(bytes, password)
  }
}

function readModern(bytes: Buffer, password: string | undefined): StoreContents {
  const [, safe, mac] = parts(readDer(bytes))
  const content = dataOf(safe)
  if (mac !== undefined && password !== undefined) verify(mac, content, password)
  const bags = parts(readDer(content)).flatMap((info) => bagsOf(info, password))
  const certificates = bags
    .filter(({ type }) => type === BAG.certificate)
    .map(({ value }) => certificateOf(value))
  const keys = bags
    .filter(({ type }) => type === BAG.key || type === BAG.shroudedKey)
    .map(({ value }) => ({ pkcs8: decryptKey(value.whole, password), certificates }))
  return { certificates, keys }
}

const idOf = (value: Der | undefined): string => contentOf(value, TAG.oid).toString('hex')

/** The octets of a ContentInfo that is not encrypted. */
function dataOf(info: Der | undefined): Buffer {
  const [type, content] = parts(info)
  if (idOf(type) !== DATA) throw new Unsupported()
  return contentOf(readDer(contentOf(content, TAG.context0)), TAG.octets)
}

interface Bag {
  readonly type: string
  readonly value: Der
}

function bagsOf(info: Der, password: string | undefined): Bag[] {
  const [type, content] = parts(info)
  const safe =
    idOf(type) === ENCRYPTED_DATA
      ? decryptSafe(readDer(contentOf(content, TAG.context0)), password)
      : dataOf(info)
  return parts(readDer(safe)).map((bag) => {
    const [bagType, value] = parts(bag)
    return { type: idOf(bagType), value: readDer(contentOf(value, TAG.context0)) }
  })
}

function certificateOf(bag: Der): Buffer {
  const [, value] = parts(bag)
  return contentOf(readDer(contentOf(value, TAG.context0)), TAG.octets)
}

/** OpenSSL knows how keys are encrypted. */
function decryptKey(pkcs8: Buffer, passphrase: string | undefined): Buffer {
  try {
    const key = createPrivateKey({
      key: pkcs8,
      format: 'der',
      type: 'pkcs8',
      ...(passphrase === undefined ? {} : { passphrase }),
    })
    return key.export({ format: 'der', type: 'pkcs8' })
  } catch {
    throw new Unsupported()
  }
}

function decryptSafe(encrypted: Der, password: string | undefined): Buffer {
  if (password === undefined) throw new StoreError('it cannot be read without a password')
  const [, info] = parts(encrypted)
  const [, algorithm, content] = parts(info)
  const [type, parameters] = parts(algorithm)
  const scheme = { [PBES2]: pbes2, [PBE_TRIPLE_DES]: pbeTripleDes }[idOf(type)]
  if (scheme === undefined) throw new Unsupported()
  const { cipher, key, iv } = scheme(parameters, password)
  try {
    const decipher = createDecipheriv(cipher, key, iv)
    return Buffer.concat([decipher.update(contentOf(content, TAG.primitive0)), decipher.final()])
  } catch (error) {
    if (error instanceof DerError) throw error
    throw new StoreError('the password is wrong, or the file is damaged')
  }
}

interface CipherKey {
  readonly cipher: string
  readonly key: Buffer
  readonly iv: Buffer
}

/** RFC 8018: PBKDF2, then a cipher with a vector of its own. */
function pbes2(parameters: Der | undefined, password: string): CipherKey {
  const [derivation, encryption] = parts(parameters)
  const [derivationType, derivationParameters] = parts(derivation)
  const [salt, iterations, ...options] = parts(derivationParameters)
  const [cipherType, iv] = parts(encryption)
  const cipher = CIPHERS[idOf(cipherType)]
  const prf = options.find(({ tag }) => tag === TAG.sequence)
  const hmac = prf === undefined ? 'sha1' : HMACS[idOf(parts(prf)[0])]
  if (idOf(derivationType) !== PBKDF2 || cipher === undefined || hmac === undefined) throw new Unsupported()
  const key = pbkdf2Sync(password, contentOf(salt, TAG.octets), numberOf(iterations), cipher.keyBytes, hmac)
  return { cipher: cipher.name, key, iv: contentOf(iv, TAG.octets) }
}

function pbeTripleDes(parameters: Der | undefined, password: string): CipherKey {
  const [salt, iterations] = parts(parameters)
  const derive = (id: number, length: number) =>
    deriveBytes(
      DIGESTS['2b0e03021a']!,
      id,
      password,
      contentOf(salt, TAG.octets),
      numberOf(iterations),
      length,
    )
  return { cipher: 'des-ede3-cbc', key: derive(1, 24), iv: derive(2, 8) }
}

/** StoreError unless the file was written with this password. */
function verify(mac: Der, content: Buffer, password: string): void {
  const [info, salt, iterations] = parts(mac)
  const [algorithm, expected] = parts(info)
  const digest = DIGESTS[idOf(parts(algorithm)[0])]
  if (digest === undefined) throw new Unsupported()
  const count = iterations === undefined ? 1 : numberOf(iterations)
  const key = deriveBytes(digest, 3, password, contentOf(salt, TAG.octets), count, digest.length)
  const found = createHmac(digest.name, key).update(content).digest()
  const wanted = contentOf(expected, TAG.octets)
  if (found.length !== wanted.length || !timingSafeEqual(found, wanted)) {
    throw new StoreError('the password is wrong, or the file is damaged')
  }
}

/** RFC 7292, appendix B.2. */
function deriveBytes(
  { name, length: hashBytes, block }: Digest,
  id: number,
  password: string,
  salt: Buffer,
  iterations: number,
  length: number,
): Buffer {
  const filled = (bytes: Buffer): Buffer => Buffer.alloc(Math.ceil(bytes.length / block) * block, bytes)
  const text = Buffer.from(`${password}\0`, 'utf16le').swap16()
  const input = Buffer.concat([salt.length === 0 ? salt : filled(salt), filled(text)])
  const found: Buffer[] = []
  for (let left = length; left > 0; left -= hashBytes) {
    let hash = createHash(name).update(Buffer.alloc(block, id)).update(input).digest()
    for (let round = 1; round < iterations; round++) hash = createHash(name).update(hash).digest()
    found.push(hash)
    const addend = Buffer.alloc(block, hash)
    for (let at = 0; at < input.length; at += block) addOne(input.subarray(at, at + block), addend)
  }
  return Buffer.concat(found).subarray(0, length)
}

/** target + addend + 1, as numbers of that many bytes. */
function addOne(target: Buffer, addend: Buffer): void {
  let carry = 1
  for (let at = target.length - 1; at >= 0; at--) {
    carry += target[at]! + addend[at]!
    target[at] = carry & 0xff
    carry >>= 8
  }
}
