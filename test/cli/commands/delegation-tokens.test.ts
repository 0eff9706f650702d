import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { KafkaError } from '../../../src/protocol/errors.ts'
import { type Answers, fakeCluster } from '../../support/fake-cluster.ts'
import { runTool } from '../../support/run-tool.ts'

const SECRET = 'c2VjcmV0'
const MINUTE = 60_000

const principal = (name: string) => ({ principalType: 'User', principalName: name })

const token = (tokenId: string, hmac = SECRET) => ({
  ...principal('alice'),
  tokenRequesterPrincipalType: 'User',
  tokenRequesterPrincipalName: 'admin',
  issueTimestamp: 0,
  expiryTimestamp: 5 * MINUTE,
  maxTimestamp: 90 * MINUTE,
  tokenId,
  hmac: Buffer.from(hmac, 'base64'),
  renewers: [principal('bob'), principal('carol')],
})

const clusterWith = (tokens: readonly ReturnType<typeof token>[], answers: Answers = {}) =>
  fakeCluster({
    answers: {
      DescribeDelegationToken: () => ({ errorCode: 0, tokens }),
      RenewDelegationToken: () => ({ errorCode: 0, expiryTimestampMs: 61 * MINUTE }),
      ExpireDelegationToken: () => ({ errorCode: 0, expiryTimestampMs: 2 * MINUTE }),
      CreateDelegationToken: () => ({
        ...token('new'),
        errorCode: 0,
        issueTimestampMs: 0,
        expiryTimestampMs: 5 * MINUTE,
        maxTimestampMs: 90 * MINUTE,
      }),
      ...answers,
    },
  })

let folder: string
beforeAll(() => {
  vi.stubEnv('TZ', 'UTC')
  folder = mkdtempSync(join(tmpdir(), 'ktool-tokens-'))
  writeFileSync(join(folder, 'login.properties'), 'client.id=a\n')
})
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const tokens = (args: string, cluster = clusterWith([])) =>
  runTool(
    ['delegation-tokens', ...args.split(' '), '--command-config', join(folder, 'login.properties')],
    cluster,
  )

const HEADER =
  'TOKENID         HMAC                           OWNER           REQUESTER       ' +
  'RENEWERS                  ISSUEDATE       EXPIRYDATE      MAXDATE        '
const row = (tokenId: string) =>
  `${tokenId.padEnd(15)} c2VjcmV0                       User:alice      User:admin      ` +
  '[User:bob, User:carol]    1970-01-01T00:00 1970-01-01T00:05 1970-01-01T01:30'

test('create prints the token below Kafka’s sentences', async () => {
  const cluster = clusterWith([])
  const { exit, stdout } = await tokens(
    'create --max-life-time-period 60000 --renewer-principal User:bob --renewer-principal User:carol',
    cluster,
  )
  expect([exit, stdout]).toEqual([
    0,
    'Calling create token operation with renewers :[User:bob, User:carol] , max-life-time-period :60000\n' +
      `Created delegation token with tokenId : new\n\n${HEADER}\n\n${row('new')}\n`,
  ])
  expect(cluster.asked[0]!.body).toEqual({
    ownerPrincipalType: null,
    ownerPrincipalName: null,
    renewers: [principal('bob'), principal('carol')],
    maxLifetimeMs: 60_000,
  })
})

test('create for another user names the owner', async () => {
  const cluster = clusterWith([])
  const { stdout } = await tokens(
    'create --max-life-time-period -1 --owner-principal User:zoe -o name',
    cluster,
  )
  expect(stdout).toBe('new\n')
  expect(cluster.asked[0]!.body).toMatchObject({ ownerPrincipalType: 'User', ownerPrincipalName: 'zoe' })
})

test('describe lists what may be seen, by id, or the tokens of owners', async () => {
  const cluster = clusterWith([token('b'), token('a')])
  expect((await tokens('describe', cluster)).stdout).toBe(
    'Calling describe token operation for current user.\n' +
      `Total number of tokens : 2\n${HEADER}\n\n${row('a')}\n\n${row('b')}\n`,
  )
  const some = await tokens('describe --owner-principal User:alice --owner-principal User:zoe', cluster)
  expect(some.stdout.split('\n')[0]).toBe(
    'Calling describe token operation for owners: [User:alice, User:zoe]',
  )
  expect(cluster.asked.map(({ body }) => body.owners)).toEqual([null, [principal('alice'), principal('zoe')]])
})

test('json has the fields and nothing else', async () => {
  const { stdout } = await tokens('describe -o json', clusterWith([token('a')]))
  expect(JSON.parse(stdout)).toEqual([
    {
      tokenId: 'a',
      hmac: SECRET,
      owner: 'User:alice',
      requester: 'User:admin',
      renewers: ['User:bob', 'User:carol'],
      issueTimestamp: 0,
      expiryTimestamp: 5 * MINUTE,
      maxTimestamp: 90 * MINUTE,
    },
  ])
})

test.each([
  ['renew', 'renew-time-period', '01:01', 'RenewDelegationToken', { renewPeriodMs: 7 }],
  ['expire', 'expiry-time-period', '00:02', 'ExpireDelegationToken', { expiryTimePeriodMs: 7 }],
])('%s prints the new date, without a line end', async (action, option, time, api, body) => {
  const cluster = clusterWith([])
  const { exit, stdout } = await tokens(`${action} ${SECRET} --${option} 7`, cluster)
  const named = action === 'renew' ? option : 'expire-time-period'
  expect([exit, stdout]).toEqual([
    0,
    `Calling ${action} token operation with hmac :${SECRET} , ${named} :7\n` +
      `Completed ${action} operation. New expiry date : 1970-01-01T${time}`,
  ])
  expect(cluster.asked).toEqual([
    { api, node: 'any', body: { hmac: Buffer.from(SECRET, 'base64'), ...body } },
  ])
})

test.each([
  ['create --max-life-time-period -1', 'would create a token of whoever is logged in'],
  ['create --max-life-time-period -1 --owner-principal User:zoe', 'would create a token of User:zoe'],
  [`renew ${SECRET} --renew-time-period -1`, 'would renew token a'],
  [`expire ${SECRET} --expiry-time-period -1`, 'would expire token a'],
])('%s --dry-run only looks', async (args, said) => {
  const cluster = clusterWith([token('other', 'AAAA'), token('a')])
  const { exit, stderr } = await tokens(`${args} --dry-run`, cluster)
  expect([exit, stderr]).toEqual([0, `dry run: ${said}\n`])
  expect(cluster.asked.map(({ api }) => api)).toEqual(['DescribeDelegationToken'])
})

test('a failure is told as Kafka’s tool tells it, and holds no secret', async () => {
  const refuse: Answers[string] = () => {
    throw new KafkaError('DELEGATION_TOKEN_NOT_FOUND')
  }
  const cluster = clusterWith([], { RenewDelegationToken: refuse })
  for (const dryRun of ['', ' --dry-run']) {
    const args = `renew ${SECRET} --renew-time-period -1${dryRun}`
    const { exit, stderr } = await tokens(args, cluster)
    expect([exit, stderr]).toEqual([
      1,
      'org.apache.kafka.common.errors.DelegationTokenNotFoundException: Delegation Token is not found on server.\n',
    ])
    expect((await tokens(`${args} --debug`, cluster)).stderr).not.toContain(SECRET)
  }
})

test.each([
  ['', 'Command must include exactly one action: --create, --renew, --expire or --describe'],
  ['--create', 'Missing required argument "[max-life-time-period]"'],
  ['--renew', 'Missing required argument "[hmac]"'],
  ['--renew --hmac AAAA', 'Missing required argument "[renew-time-period]"'],
  ['--expire --hmac AAAA', 'Missing required argument "[expiry-time-period]"'],
  ['--create --max-life-time-period -1 --hmac AAAA', `Option "[create]" can't be used with option "[hmac]"`],
  [
    '--renew --hmac AAAA --renew-time-period 1 --owner-principal User:a',
    `Option "[renew]" can't be used with option "[owner-principal]"`,
  ],
  ['--describe --hmac AAAA', `Option "[describe]" can't be used with option "[hmac]"`],
  [
    '--create --max-life-time-period -1 --renewer-principal bob',
    'expected a string in format principalType:principalName but got bob',
  ],
  ['--create --max-life-time-period x', `Cannot parse argument 'x' of option max-life-time-period`],
  ['--renew --renew-time-period 1 --hmac $$', 'Illegal base64 character 24'],
  ['--renew --renew-time-period 1 --hmac c2VjcmV0x', 'Last unit does not have enough valid bits'],
])('delegation-tokens %s is refused before anything is sent', async (args, message) => {
  const cluster = clusterWith([])
  const { exit, stderr } = await tokens(args || '--dry-run', cluster)
  expect([exit, stderr.split('\n')[0], cluster.asked]).toEqual([2, message, []])
})

test('without any setting nobody can have logged in', async () => {
  const { exit, stderr } = await runTool('delegation-tokens --create -b a:1', clusterWith([]))
  expect([exit, stderr.split('\n')[0]]).toEqual([2, 'Missing required argument "[command-config]"'])
})
