import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { shownName } from '../contexts/secret-properties.ts'
import { Failure } from '../failures.ts'
import { MIN_SCRAM_ITERATIONS, SCRAM_MECHANISMS } from '../kafka/scram-mechanisms.ts'

/** What is stored of a password: a UserScramCredentialRecord. */
export interface ScramCredential {
  name: string
  mechanism: number
  salt: Buffer
  storedKey: Buffer
  serverKey: Buffer
  iterations: number
}

/** The first metadata.version that has records of credentials. */
export const SCRAM_SINCE = 11

const MAX_ITERATIONS = 16384
const SALT_BYTES = 25

/**
 * The credential of `SCRAM-SHA-256=[name=alice,password=secret]`, or with salt, iterations and saltedpassword;
 * Failure in Kafka's words.
 */
export function parseScram(text: string, randomBytes: (size: number) => Buffer): ScramCredential {
  const [mechanismName, settings] = splitArgument(text.trim())
  const mechanism = SCRAM_MECHANISMS.get(mechanismName)!
  const { name, salt: saltText, iterations: iterationsText, password, saltedpassword, ...others } = settings
  if (name === undefined) throw new Failure("You must supply 'name' to add-scram")
  const salt = saltText === undefined ? randomBytes(SALT_BYTES) : base64(saltText, 'salt')
  const iterations = parseIterations(iterationsText)
  if (password === undefined && saltedpassword === undefined) {
    throw new Failure("You must supply one of 'password' or 'saltedpassword' to add-scram")
  }
  if (password === undefined && saltText === undefined) {
    throw new Failure("You must supply 'salt' with 'saltedpassword' to add-scram")
  }
  // With a password, what is given as saltedpassword counts as unknown.
  const unknown = Object.keys(others)
  if (unknown.length > 0) throw new Failure(`Unknown SCRAM configurations: ${unknown.sort().join(', ')}`)
  checkIterations(iterations, mechanismName)
  const salted =
    password === undefined
      ? base64(saltedpassword!, 'saltedPassword')
      : pbkdf2Sync(password, salt, iterations, mechanism.keyBytes, mechanism.hash)
  const keyed = (label: string): Buffer => createHmac(mechanism.hash, salted).update(label).digest()
  const storedKey = createHash(mechanism.hash).update(keyed('Client Key')).digest()
  return { name, mechanism: mechanism.id, salt, storedKey, serverKey: keyed('Server Key'), iterations }
}

function splitArgument(text: string): [mechanism: string, settings: Record<string, string>] {
  const at = text.indexOf('=')
  if (at < 0) throw new Failure(`Failed to find equals sign in SCRAM argument '${shownName(text)}'`)
  const mechanism = text.slice(0, at)
  if (!SCRAM_MECHANISMS.has(mechanism)) {
    throw new Failure(`The add-scram mechanism ${mechanism} is not supported.`)
  }
  const list = text.slice(at + 1)
  if (!list.startsWith('[')) throw new Failure('Expected configuration string to start with [')
  if (!list.endsWith(']')) throw new Failure('Expected configuration string to end with ]')
  return [mechanism, Object.fromEntries(list.slice(1, -1).split(',').map(splitSetting))]
}

const NAMES = ['name', 'salt', 'iterations', 'password', 'saltedpassword']

function splitSetting(text: string): [name: string, value: string] {
  const at = text.indexOf('=')
  // Differs: Kafka shows what stands there, which may be the rest of a password with a comma in it.
  if (at < 0) {
    throw new Failure(`No equals sign found in SCRAM component: ${NAMES.includes(text) ? text : '[hidden]'}`)
  }
  const value = text.slice(at + 1)
  return [text.slice(0, at), /^".*"$/s.test(value) && value.length >= 2 ? value.slice(1, -1) : value]
}

function parseIterations(text: string | undefined): number {
  if (text === undefined) return MIN_SCRAM_ITERATIONS
  if (!/^[+-]?\d{1,9}$/.test(text)) throw new Failure(`Failed to parse iterations count: ${text}`)
  return Number(text)
}

function checkIterations(iterations: number, mechanism: string): void {
  const name = mechanism.replaceAll('-', '_')
  if (iterations < MIN_SCRAM_ITERATIONS) {
    throw new Failure(`The 'iterations' value must be >= ${MIN_SCRAM_ITERATIONS} for add-scram using ${name}`)
  }
  if (iterations > MAX_ITERATIONS) {
    throw new Failure(`The 'iterations' value must be <= ${MAX_ITERATIONS} for add-scram using ${name}`)
  }
}

function base64(text: string, what: string): Buffer {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw new Failure(`Failed to decode given ${what}: ${what === 'salt' ? text : '[hidden]'}`)
  }
  return Buffer.from(text, 'base64')
}
