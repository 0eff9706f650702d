import { defineCommand } from '../command.ts'
import { UsageError } from '../failures.ts'
import { exactlyOne } from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'
import { checkTokenOptions, TOKEN_ACTIONS, TOKEN_OPTIONS } from '../tokens/options.ts'

export const delegationTokens = defineCommand({
  name: 'delegation-tokens',
  options: TOKEN_OPTIONS,
  words: TOKEN_ACTIONS,
  subjects: ['hmac'],
  formats: ALL_FORMATS,
  needsKafka: true,
  examples: [
    'delegation-tokens create --max-life-time-period -1 --renewer-principal User:bob --command-config login.properties',
    'delegation-tokens describe --command-config login.properties -o json',
    'delegation-tokens --describe --owner-principal User:alice --command-config login.properties -o table',
  ],
  check(given) {
    exactlyOne(
      given,
      TOKEN_ACTIONS,
      'Command must include exactly one action: --create, --renew, --expire or --describe',
    )
  },
  async run(options, context) {
    const { properties } = await context.settings(options)
    // Tokens are for whoever has logged in: without any setting, from a file or a context, nobody has.
    if (properties.size === 0) throw new UsageError('Missing required argument "[command-config]"')
    checkTokenOptions(context.given)
    const { createToken, describeTokens, expireToken, renewToken } = await import('../tokens/actions.ts')
    const cluster = await context.cluster(options)
    if (options.create) await createToken(cluster, options, context)
    else if (options.renew) await renewToken(cluster, options, context)
    else if (options.expire) await expireToken(cluster, options, context)
    else await describeTokens(cluster, options, context)
  },
})
