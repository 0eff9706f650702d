// SCRAM (RFC 5802, RFC 7677) as Kafka uses it: without channel binding, the password not normalized.

import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { Secret } from './secret.ts'

export interface ScramMechanism {
  readonly name: string
  readonly hash: 'sha256' | 'sha512'
}

export const SCRAM_MECHANISMS: readonly ScramMechanism[] = [
  { name: 'SCRAM-SHA-256', hash: 'sha256' },
  { name: 'SCRAM-SHA-512', hash: 'sha512' },
]

/** Fewer make a password easy to guess for whoever sees the exchange; far more would keep this process busy. */
const ITERATIONS = { least: 4096, most: 1_000_000 }

const SERVER_FIRST =
  /^(?:m=[^,]+,)?r=([\x21-\x2b\x2d-\x7e]+),s=([A-Za-z0-9+/]+={0,2}),i=(\d+)(?:,[A-Za-z]+=[^,]+)*$/
const SERVER_FINAL = /^(?:e=([^,]+)|v=([A-Za-z0-9+/]+={0,2}))(?:,[A-Za-z]+=[^,]+)*$/

/** The broker's side of the exchange is not what the mechanism asks for. */
export class ScramError extends Error {
  override readonly name = 'ScramError'
}

const deriveKey = promisify(pbkdf2)

const saslName = (name: string): string => name.replaceAll('=', '=3D').replaceAll(',', '=2C')

export interface ScramLogin {
  readonly username: string
  readonly password: Secret
  /** Whether user and password are the id and hmac of a delegation token. */
  readonly isToken: boolean
}

/** The client's messages of one login; each but the first is made from the broker's last. */
export class ScramExchange {
  readonly #mechanism: ScramMechanism
  readonly #login: ScramLogin
  readonly #nonce: string
  readonly #firstBare: string
  #serverSignature: Buffer | null = null

  constructor(mechanism: ScramMechanism, login: ScramLogin, nonce = randomBytes(24).toString('base64url')) {
    this.#mechanism = mechanism
    this.#login = login
    this.#nonce = nonce
    const extensions = login.isToken ? ',tokenauth=true' : ''
    this.#firstBare = `n=${saslName(login.username)},r=${nonce}${extensions}`
  }

  first(): Buffer {
    return Buffer.from(`n,,${this.#firstBare}`)
  }

  /** The proof that the password is known, for what the broker answered to the first message. */
  async final(serverFirst: Buffer): Promise<Buffer> {
    const message = serverFirst.toString()
    const [, nonce, salt, count] = SERVER_FIRST.exec(message) ?? []
    if (nonce === undefined || salt === undefined)
      throw new ScramError('Invalid SCRAM server first message format')
    if (!nonce.startsWith(this.#nonce) || nonce === this.#nonce) {
      throw new ScramError('Invalid server nonce: does not start with client nonce')
    }
    const iterations = Number(count)
    const { name, hash } = this.#mechanism
    if (iterations < ITERATIONS.least) {
      throw new ScramError(
        `Requested iterations ${iterations} is less than the minimum ${ITERATIONS.least} for ${name}`,
      )
    }
    if (iterations > ITERATIONS.most) throw new ScramError(`the broker asks for ${iterations} iterations`)
    const hmac = (key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest()
    const password = Buffer.from(this.#login.password.reveal())
    const length = hash === 'sha256' ? 32 : 64
    const salted = await deriveKey(password, Buffer.from(salt, 'base64'), iterations, length, hash)
    const withoutProof = `c=${Buffer.from('n,,').toString('base64')},r=${nonce}`
    const signed = `${this.#firstBare},${message},${withoutProof}`
    const clientKey = hmac(salted, 'Client Key')
    const signature = hmac(createHash(hash).update(clientKey).digest(), signed)
    const proof = clientKey.map((byte, at) => byte ^ signature[at]!)
    this.#serverSignature = hmac(hmac(salted, 'Server Key'), signed)
    return Buffer.from(`${withoutProof},p=${Buffer.from(proof).toString('base64')}`)
  }

  /** ScramError unless the broker has shown that it knows the password, too. */
  verify(serverFinal: Buffer): void {
    const [, error, signature] = SERVER_FINAL.exec(serverFinal.toString()) ?? []
    if (error !== undefined) {
      throw new ScramError(`Sasl authentication using ${this.#mechanism.name} failed with error: ${error}`)
    }
    if (signature === undefined) throw new ScramError('Invalid SCRAM server final message format')
    const given = Buffer.from(signature, 'base64')
    const expected = this.#serverSignature
    if (expected === null || given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new ScramError('Invalid server signature in server final message')
    }
  }
}
