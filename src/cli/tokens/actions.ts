import type { Int64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import { KafkaError } from '../../protocol/errors.ts'
import {
  CreateDelegationToken,
  DescribeDelegationToken,
  ExpireDelegationToken,
  RenewDelegationToken,
} from '../../protocol/messages/auth.ts'
import type { Context } from '../context.ts'
import { type Principal, principalText } from '../kafka/principal.ts'
import { throwAsJava } from './java-failure.ts'
import { expiryListing, principalList, type Token, tokenListing } from './listing.ts'
import type { TokenOptions } from './options.ts'

/** Creates a token of whoever is logged in, or of another user, and prints it. */
export async function createToken(
  cluster: Cluster,
  { ownerPrincipal, renewerPrincipal, maxLifeTimePeriod = -1, dryRun }: TokenOptions,
  context: Context,
): Promise<void> {
  sayAmongData(
    context,
    `Calling create token operation with renewers :${principalList(renewerPrincipal)} , max-life-time-period :${maxLifeTimePeriod}`,
  )
  const [owner] = ownerPrincipal
  if (dryRun) {
    // Whoever may ask for tokens here may have one, too.
    await askTokens(cluster, null)
    const whose = owner === undefined ? 'of whoever is logged in' : `of ${principalText(owner)}`
    context.say(`dry run: would create a token ${whose}`)
    return
  }
  const answer = await cluster
    .request(CreateDelegationToken, (version) => {
      if (owner !== undefined && version < 3) {
        throw new KafkaError('UNSUPPORTED_VERSION', 'Delegation tokens of other users need Kafka 3.3')
      }
      return {
        ownerPrincipalType: owner?.principalType ?? null,
        ownerPrincipalName: owner?.principalName ?? null,
        renewers: [...renewerPrincipal],
        maxLifetimeMs: maxLifeTimePeriod,
      }
    })
    .catch(throwAsJava)
  const token = {
    tokenId: answer.tokenId,
    hmac: answer.hmac.toString('base64'),
    owner: principalText(answer),
    requester: requesterOf(answer),
    renewers: renewerPrincipal.map(principalText),
    issueTimestamp: answer.issueTimestampMs,
    expiryTimestamp: answer.expiryTimestampMs,
    maxTimestamp: answer.maxTimestampMs,
  }
  await context.print(tokenListing([token], `Created delegation token with tokenId : ${token.tokenId}\n`))
}

export const renewToken = (
  cluster: Cluster,
  { hmac = '', renewTimePeriod: renewPeriodMs = -1, dryRun }: TokenOptions,
  context: Context,
): Promise<void> =>
  changeExpiry(cluster, 'renew', { hmac, periodMs: renewPeriodMs, dryRun }, context, (bytes) =>
    cluster.request(RenewDelegationToken, { hmac: bytes, renewPeriodMs }),
  )

export const expireToken = (
  cluster: Cluster,
  { hmac = '', expiryTimePeriod: expiryTimePeriodMs = -1, dryRun }: TokenOptions,
  context: Context,
): Promise<void> =>
  changeExpiry(cluster, 'expire', { hmac, periodMs: expiryTimePeriodMs, dryRun }, context, (bytes) =>
    cluster.request(ExpireDelegationToken, { hmac: bytes, expiryTimePeriodMs }),
  )

async function changeExpiry(
  cluster: Cluster,
  operation: 'renew' | 'expire',
  { hmac, periodMs, dryRun }: { readonly hmac: string; readonly periodMs: Int64; readonly dryRun: boolean },
  context: Context,
  ask: (hmac: Buffer) => Promise<{ readonly expiryTimestampMs: Int64 }>,
): Promise<void> {
  const period = `${operation}-time-period :${periodMs}`
  sayAmongData(context, `Calling ${operation} token operation with hmac :${hmac} , ${period}`)
  if (dryRun) {
    context.say(`dry run: would ${operation} token ${(await findToken(cluster, hmac)).tokenId}`)
    return
  }
  const { expiryTimestampMs } = await ask(Buffer.from(hmac, 'base64')).catch(throwAsJava)
  await context.print(expiryListing(operation, expiryTimestampMs))
}

export async function describeTokens(
  cluster: Cluster,
  { ownerPrincipal }: TokenOptions,
  context: Context,
): Promise<void> {
  const isForAll = ownerPrincipal.length === 0
  const whose = isForAll ? 'current user.' : `owners: ${principalList(ownerPrincipal)}`
  sayAmongData(context, `Calling describe token operation for ${whose}`)
  // Differs: Kafka's tool asks for the tokens of nobody when no owner is given, and finds none, against what its help says.
  const tokens = await askTokens(cluster, isForAll ? null : ownerPrincipal)
  await context.print(tokenListing(tokens, `Total number of tokens : ${tokens.length}`))
}

/** Where Kafka's tool speaks on standard output; in other formats it is not data, and need not be said. */
function sayAmongData(context: Context, line: string): void {
  if (context.isText) context.io.out(`${line}\n`)
}

/** The tokens of owners, or all that whoever is logged in may see, by id. */
async function askTokens(cluster: Cluster, owners: readonly Principal[] | null): Promise<Token[]> {
  const request = { owners: owners === null ? null : [...owners] }
  const { tokens } = await cluster.request(DescribeDelegationToken, request).catch(throwAsJava)
  return tokens
    .map((token) => ({
      tokenId: token.tokenId,
      hmac: token.hmac.toString('base64'),
      owner: principalText(token),
      requester: requesterOf(token),
      renewers: token.renewers.map(principalText),
      issueTimestamp: token.issueTimestamp,
      expiryTimestamp: token.expiryTimestamp,
      maxTimestamp: token.maxTimestamp,
    }))
    .sort((a, b) => (a.tokenId < b.tokenId ? -1 : 1))
}

/** Whoever may change a token may also see it. */
async function findToken(cluster: Cluster, hmac: string): Promise<Token> {
  const wanted = Buffer.from(hmac, 'base64').toString('base64')
  const token = (await askTokens(cluster, null)).find((known) => known.hmac === wanted)
  return token ?? throwAsJava(new KafkaError('DELEGATION_TOKEN_NOT_FOUND'))
}

/** null before Kafka 3.3, when everybody asked for themselves. */
function requesterOf(token: {
  readonly tokenRequesterPrincipalType: string
  readonly tokenRequesterPrincipalName: string
}): string | null {
  if (token.tokenRequesterPrincipalType === '') return null
  return principalText({
    principalType: token.tokenRequesterPrincipalType,
    principalName: token.tokenRequesterPrincipalName,
  })
}
