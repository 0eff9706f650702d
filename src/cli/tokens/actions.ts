import type { Cluster } from '../../client/cluster.ts'
import { KafkaError } from '../../protocol/errors.ts'
import {
  CreateDelegationToken,
  DescribeDelegationToken,
  ExpireDelegationToken,
  RenewDelegationToken,
} from '../../protocol/messages/auth.ts'
import type { Context } from '../context.ts'
import { type Principal, principalText } from '../principal.ts'
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

export async function renewToken(
  cluster: Cluster,
  { hmac = '', renewTimePeriod = -1, dryRun }: TokenOptions,
  context: Context,
): Promise<void> {
  const period = `renew-time-period :${renewTimePeriod}`
  sayAmongData(context, `Calling renew token operation with hmac :${hmac} , ${period}`)
  if (dryRun) {
    context.say(`dry run: would renew token ${(await findToken(cluster, hmac)).tokenId}`)
    return
  }
  const request = { hmac: Buffer.from(hmac, 'base64'), renewPeriodMs: renewTimePeriod }
  const { expiryTimestampMs } = await cluster.request(RenewDelegationToken, request).catch(throwAsJava)
  await context.print(expiryListing('renew', expiryTimestampMs))
}

export async function expireToken(
  cluster: Cluster,
  { hmac = '', expiryTimePeriod = -1, dryRun }: TokenOptions,
  context: Context,
): Promise<void> {
  const period = `expire-time-period :${expiryTimePeriod}`
  sayAmongData(context, `Calling expire token operation with hmac :${hmac} , ${period}`)
  if (dryRun) {
    context.say(`dry run: would expire token ${(await findToken(cluster, hmac)).tokenId}`)
    return
  }
  const request = { hmac: Buffer.from(hmac, 'base64'), expiryTimePeriodMs: expiryTimePeriod }
  const { expiryTimestampMs } = await cluster.request(ExpireDelegationToken, request).catch(throwAsJava)
  await context.print(expiryListing('expire', expiryTimestampMs))
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
