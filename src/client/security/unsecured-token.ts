import type { Clock } from '../clock.ts'
import { SettingError } from '../config/setting-error.ts'
import type { JaasEntry } from './jaas.ts'
import { Secret } from './secret.ts'

const PREFIX = 'unsecuredLogin'
const KINDS = ['StringClaim_', 'NumberClaim_', 'ListClaim_'] as const

/** A token that nobody signed, from the claims among a JAAS entry's options: for development, as in Java's client. */
export async function unsecuredToken(options: JaasEntry['options'], clock: Clock): Promise<Secret> {
  const option = (name: string): string | undefined => options.get(PREFIX + name)?.reveal()
  if (options.size === 0)
    throw new SettingError("No OAuth Bearer tokens in Subject's private credentials", { hint: HINT })
  if ([...options.keys()].every((name) => name.startsWith(`${PREFIX}Extension_`))) {
    throw new SettingError('Extensions provided in login context without a token', { hint: HINT })
  }
  const lifetime = option('LifetimeSeconds') ?? '3600'
  if (!/^-?\d+$/.test(lifetime)) throw new SettingError(`unsecuredLoginLifetimeSeconds is not a number`)
  const nowSeconds = clock.now() / 1000
  const claims: Record<string, unknown> = { exp: nowSeconds + Number(lifetime), iat: nowSeconds }
  for (const [name, value] of options) {
    const kind = KINDS.find((each) => name.startsWith(PREFIX + each) && name.length > (PREFIX + each).length)
    if (kind === undefined) continue
    const claim = name.slice((PREFIX + kind).length)
    if (claim === 'iat' || claim === 'exp')
      throw new SettingError(`Cannot explicitly set the '${claim}' claim`)
    claims[claim] = claimValue(kind, claim, value.reveal())
  }
  const principal = option('PrincipalClaimName')?.trim() || 'sub'
  if (typeof claims[principal] !== 'string' || claims[principal] === '') {
    throw new SettingError(`No principal name in JWT claim: ${principal}`, { hint: HINT })
  }
  return new Secret(`${encoded({ alg: 'none' })}.${encoded(claims)}.`)
}

const HINT = 'add unsecuredLoginStringClaim_sub="…" to sasl.jaas.config'

function claimValue(kind: (typeof KINDS)[number], claim: string, text: string): unknown {
  if (kind === 'StringClaim_') return text
  // The first character says what stands between the elements.
  if (kind === 'ListClaim_') return text.length <= 1 ? [] : text.slice(1).split(text[0]!)
  const number = Number(text)
  if (text.trim() === '' || Number.isNaN(number))
    throw new SettingError(`the claim '${claim}' is not a number`)
  return number
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
