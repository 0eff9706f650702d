import type { Int64 } from '../../bytes/int64.ts'
import { javaDateFormat } from '../java/date-format.ts'
import { type Principal, principalText } from '../kafka/principal.ts'
import type { Listing } from '../output/listing.ts'

export interface Token {
  readonly tokenId: string
  /** What is proved with it, in base64. */
  readonly hmac: string
  readonly owner: string
  readonly requester: string | null
  readonly renewers: readonly string[]
  readonly issueTimestamp: Int64
  readonly expiryTimestamp: Int64
  readonly maxTimestamp: Int64
}

const TITLES = [
  'TOKENID',
  'HMAC',
  'OWNER',
  'REQUESTER',
  'RENEWERS',
  'ISSUEDATE',
  'EXPIRYDATE',
  'MAXDATE',
] as const
const WIDTHS = [15, 30, 15, 15, 25, 15, 15, 15] as const

/** What `delegation-tokens --create` and `--describe` print; `above` is Kafka's sentence before the table. */
export function tokenListing(tokens: readonly Token[], above: string): Listing {
  return {
    text: () => above + [TITLES, ...tokens.map(cellsOf)].map(lineText).join(''),
    columns: [
      'tokenId',
      'hmac',
      'owner',
      'requester',
      'renewers',
      'issueTimestamp',
      'expiryTimestamp',
      'maxTimestamp',
    ],
    items: tokens.map((token) => ({ ...token })),
    names: () => tokens.map(({ tokenId }) => tokenId),
  }
}

/** What `delegation-tokens --renew` and `--expire` print; Kafka's sentence has no line end. */
export function expiryListing(operation: 'renew' | 'expire', expiryTimestamp: Int64): Listing {
  return {
    text: () => `Completed ${operation} operation. New expiry date : ${dateText(expiryTimestamp)}`,
    columns: ['expiryTimestamp'],
    items: [{ expiryTimestamp }],
    names: () => [],
  }
}

/** As Java prints a list. */
export const principalList = (principals: readonly Principal[]): string =>
  `[${principals.map(principalText).join(', ')}]`

function cellsOf(token: Token): string[] {
  const { tokenId, hmac, owner, requester, renewers, issueTimestamp, expiryTimestamp, maxTimestamp } = token
  const dates = [issueTimestamp, expiryTimestamp, maxTimestamp].map(dateText)
  return [tokenId, hmac, owner, requester ?? ':', `[${renewers.join(', ')}]`, ...dates]
}

const lineText = (cells: readonly string[]): string =>
  `\n${cells.map((cell, at) => cell.padEnd(WIDTHS[at]!)).join(' ')}\n`

/** `2026-11-28T00:46`, where this machine is. */
const dateText = javaDateFormat("yyyy-MM-dd'T'HH:mm")
