import { SettingError } from '../config/setting-error.ts'
import type { JaasEntry } from './jaas.ts'
import type { Mechanism } from './login.ts'
import { SCRAM_MECHANISMS, ScramExchange } from './scram.ts'
import type { Secret } from './secret.ts'

const HINT =
  'check username and password in sasl.jaas.config, and that sasl.mechanism is the one the user was made for'

/** PLAIN or SCRAM with the user and password of a JAAS entry. */
export function passwordMechanism(name: string, { options }: JaasEntry): Mechanism {
  const username = options.get('username')?.reveal()
  const password = options.get('password')
  if (username === undefined || password === undefined) {
    const missing = username === undefined ? 'username' : 'password'
    throw new SettingError(`sasl.jaas.config has no ${missing}`, {
      hint: `add ${missing}="…" before the semicolon of sasl.jaas.config`,
    })
  }
  const common = { name, secrets: [password], hint: HINT }
  const mechanism = SCRAM_MECHANISMS.find((scram) => scram.name === name)
  if (mechanism === undefined) return { ...common, authenticate: plain(username, password) }
  const isToken = options.get('tokenauth')?.reveal().toLowerCase() === 'true'
  return {
    ...common,
    async authenticate(exchange) {
      const scram = new ScramExchange(mechanism, { username, password, isToken })
      scram.verify(await exchange(await scram.final(await exchange(scram.first()))))
    },
  }
}

/** RFC 4616, without an authorization id. */
const plain =
  (username: string, password: Secret): Mechanism['authenticate'] =>
  async (exchange) => {
    await exchange(Buffer.from(`\0${username}\0${password.reveal()}`))
  }
