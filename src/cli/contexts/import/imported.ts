import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** A context as another program's file has it. */
export interface Imported {
  readonly name: string
  readonly bootstrapServers: string | null
  readonly description?: string | undefined
  readonly properties: Readonly<Record<string, string>>
  /** What could not be carried over: the setting's name, perhaps with the reason. */
  readonly leftOut: readonly string[]
}

export interface ImportedFile {
  readonly contexts: readonly Imported[]
  /** The one that the other program uses. */
  readonly current?: string | undefined
}

export interface SourceFile {
  readonly text: string
  readonly path: string
  /** Where relative paths are looked for: the file's folder, the working folder. */
  readonly folders: readonly string[]
  /** For a file that holds one context without a name. */
  readonly fallbackName: string
}

export interface TlsParts {
  readonly ca?: string | undefined
  readonly certificate?: string | undefined
  readonly key?: string | undefined
  readonly keyPassword?: string | undefined
}

export interface SaslParts {
  readonly mechanism: string | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
  /** Further options of the login module. */
  readonly options?: Readonly<Record<string, string>>
}

const MODULES = {
  PLAIN: 'org.apache.kafka.common.security.plain.PlainLoginModule',
  'SCRAM-SHA-256': 'org.apache.kafka.common.security.scram.ScramLoginModule',
  'SCRAM-SHA-512': 'org.apache.kafka.common.security.scram.ScramLoginModule',
  OAUTHBEARER: 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule',
} as const

/** Programs write the names of mechanisms with and without dashes, and some invent their own. */
const MECHANISMS: Readonly<Record<string, keyof typeof MODULES>> = {
  plain: 'PLAIN',
  plaintext: 'PLAIN',
  scramsha256: 'SCRAM-SHA-256',
  scramsha512: 'SCRAM-SHA-512',
  oauth: 'OAUTHBEARER',
  oauthbearer: 'OAUTHBEARER',
}

/** Gathers one context under the names of Java's client properties. */
export class ContextBuilder {
  readonly #folders: readonly string[]
  readonly properties: Record<string, string> = {}
  readonly leftOut: string[] = []
  #isEncrypted = false
  #hasLogin = false

  constructor(folders: readonly string[]) {
    this.#folders = folders
  }

  set(name: string, value: string | undefined): void {
    if (value !== undefined && value !== '') this.properties[name] = value
  }

  leaveOut(...settings: readonly string[]): void {
    this.leftOut.push(...settings)
  }

  encrypt(): void {
    this.#isEncrypted = true
  }

  /** `names` are what the program calls the parts, for what is said of them. */
  tls(
    { ca, certificate, key, keyPassword }: TlsParts,
    names: Readonly<Record<keyof TlsParts, string>>,
  ): void {
    if (ca) {
      this.set('ssl.truststore.type', 'PEM')
      this.set('ssl.truststore.location', this.path(ca))
    }
    this.set('ssl.key.password', keyPassword)
    if (!certificate && !key) return
    if (!certificate || !key) {
      this.leaveOut(`${certificate ? names.certificate : names.key} (key and certificate go together)`)
      return
    }
    this.set('ssl.keystore.type', 'PEM')
    if (certificate === key) {
      this.set('ssl.keystore.location', this.path(key))
      return
    }
    // Java knows both in one file, or each as text.
    const texts = { chain: this.#read(certificate, names.certificate), key: this.#read(key, names.key) }
    if (texts.chain === undefined || texts.key === undefined) return
    this.pemTexts(texts.key, texts.chain)
  }

  pemTexts(key: string, chain: string): void {
    this.set('ssl.keystore.type', 'PEM')
    this.set('ssl.keystore.key', key)
    this.set('ssl.keystore.certificate.chain', chain)
  }

  sasl({ mechanism = 'PLAIN', username, password, options = {} }: SaslParts, name: string): void {
    this.#hasLogin = true
    const known = MECHANISMS[mechanism.toLowerCase().replace(/[^a-z0-9]/g, '')]
    if (known === undefined) {
      this.set('sasl.mechanism', mechanism)
      this.leaveOut(`${name} ${mechanism} (ktool knows ${Object.keys(MODULES).join(', ')})`)
      return
    }
    this.set('sasl.mechanism', known)
    const given = { username, password, ...options }
    const texts = Object.entries(given).flatMap(([key, value]) =>
      value === undefined ? [] : [` ${key}=${quoted(value)}`],
    )
    this.set('sasl.jaas.config', `${MODULES[known]} required${texts.join('')};`)
  }

  build(name: string, bootstrapServers: string | null, description?: string): Imported {
    const protocol = `${this.#hasLogin ? 'SASL_' : ''}${this.#isEncrypted ? 'SSL' : 'PLAINTEXT'}`
    const properties = {
      ...(protocol === 'PLAINTEXT' ? {} : { 'security.protocol': protocol }),
      ...this.properties,
    }
    return { name, bootstrapServers, description, properties, leftOut: this.leftOut }
  }

  /** The absolute path; of the places a relative one may mean, the one where the file is. */
  path(given: string): string {
    const places = this.#folders.map((folder) => resolve(folder, given))
    return places.find((place) => existsSync(place)) ?? places[0]!
  }

  #read(given: string, name: string): string | undefined {
    try {
      return readFileSync(this.path(given), 'utf8').trim()
    } catch {
      this.leaveOut(`${name} ('${given}' cannot be read)`)
      return undefined
    }
  }
}

/** A value of a login module's option. */
const quoted = (value: string): string => `"${value.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n')}"`
