import { parsePrincipal } from '../kafka/principal.ts'
import type { Given, Values } from '../option-spec.ts'
import { BadValue } from '../option-spec.ts'
import { DRY_RUN, forbid, int64, requireOptions, SERVER_OPTIONS } from '../options.ts'

export const TOKEN_ACTIONS = ['create', 'renew', 'expire', 'describe'] as const

export const TOKEN_OPTIONS = {
  create: { flags: '--create', help: 'Create a token.', section: 'What to do' },
  renew: { flags: '--renew', help: 'Have a token expire later.', section: 'What to do' },
  expire: { flags: '--expire', help: 'Have a token expire earlier, or now.', section: 'What to do' },
  describe: {
    flags: '--describe',
    help: 'Print tokens: yours, and those that you may see.',
    section: 'What to do',
  },
  hmac: {
    flags: '--hmac <base64>',
    help: 'The token to renew or to expire.',
    parse: parseHmac,
    section: 'Which token',
  },
  ownerPrincipal: {
    flags: '--owner-principal [type:name]',
    help: 'Whose token to create, or whose to print, as User:alice.',
    parse: parsePrincipal,
    repeatable: true,
    section: 'Which token',
  },
  renewerPrincipal: {
    flags: '--renewer-principal [type:name]',
    help: 'With --create: who else may renew it.',
    parse: parsePrincipal,
    repeatable: true,
    section: 'Which token',
  },
  maxLifeTimePeriod: {
    flags: '--max-life-time-period <ms>',
    help: "With --create: how long it can be renewed; -1 is the broker's limit.",
    parse: int64,
    section: 'How long',
  },
  renewTimePeriod: {
    flags: '--renew-time-period <ms>',
    help: "With --renew: how long from now; -1 is the broker's limit.",
    parse: int64,
    section: 'How long',
  },
  expiryTimePeriod: {
    flags: '--expiry-time-period <ms>',
    help: 'With --expire: how long from now; -1 is at once.',
    parse: int64,
    section: 'How long',
  },
  ...SERVER_OPTIONS,
  dryRun: DRY_RUN,
} as const

export type TokenOptions = Values<typeof TOKEN_OPTIONS>

/** What goes together; looked at once it is known that there is a login, as in Kafka. */
export function checkTokenOptions(given: Given): void {
  if (given.has('create')) requireOptions(given, 'maxLifeTimePeriod')
  if (given.has('renew')) requireOptions(given, 'hmac', 'renewTimePeriod')
  if (given.has('expire')) requireOptions(given, 'hmac', 'expiryTimePeriod')
  forbid(given, 'create', ['hmac', 'renewTimePeriod', 'expiryTimePeriod'])
  forbid(given, 'renew', ['renewerPrincipal', 'maxLifeTimePeriod', 'expiryTimePeriod', 'ownerPrincipal'])
  forbid(given, 'expire', ['maxLifeTimePeriod', 'renewTimePeriod', 'ownerPrincipal'])
  forbid(given, 'describe', ['renewTimePeriod', 'maxLifeTimePeriod', 'hmac', 'expiryTimePeriod'])
}

/** Refuses what Java's decoder refuses. The text is a secret: no message holds more of it than one character. */
function parseHmac(text: string): string {
  const stranger = /[^A-Za-z0-9+/=]/.exec(text)?.[0]
  if (stranger !== undefined) {
    const code = stranger.charCodeAt(0).toString(16)
    throw new BadValue(`Illegal base64 character ${code}`, { isWhole: true })
  }
  if (Buffer.from(text, 'base64').toString('base64').replaceAll('=', '') === text.replaceAll('=', '')) {
    return text
  }
  throw new BadValue('Last unit does not have enough valid bits', { isWhole: true })
}
