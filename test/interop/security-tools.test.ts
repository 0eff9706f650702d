// ACLs and delegation tokens against an Apache Kafka that has both, and a listener that wants a login.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { runKafkaTool } from '../support/apache-kafka.ts'
import { describeWith } from '../support/describe-with.ts'
import { loginProperties, type SecuredKafka, startSecuredKafka } from '../support/secured-kafka.ts'
import { testIo } from '../support/test-io.ts'

describeWith(['apacheKafka'], 'security tools against Apache Kafka', () => {
  let kafka: SecuredKafka
  let folder: string

  beforeAll(async () => {
    kafka = await startSecuredKafka()
    folder = mkdtempSync(join(tmpdir(), 'ktool-logins-'))
    for (const user of ['admin', 'alice']) writeFileSync(loginOf(user), loginProperties(kafka, user))
  })
  afterAll(async () => {
    await kafka?.stop()
    if (folder) rmSync(folder, { recursive: true, force: true })
  })

  const loginOf = (user: string): string => join(folder, `${user}.properties`)

  async function ktool(line: string, server: readonly string[] = ['-b', kafka.bootstrapServers]) {
    const io = testIo({ now: Date.now() })
    const exit = await main('ktool', [...line.split(' '), ...server], io)
    return { exit, stdout: io.stdout, stderr: io.stderr }
  }
  const as = (user: string) => ['--command-config', loginOf(user)]
  const names = async (line: string) =>
    (await ktool(`${line} -o jsonl`)).stdout
      .split('\n')
      .filter(Boolean)
      .map((text) => JSON.parse(text) as Record<string, unknown>)
      .map(({ resourceName, patternType }) => `${resourceName} ${patternType}`)

  test('names of resources are meant as the pattern type says, when ACLs are listed and removed', async () => {
    await ktool('acls add shop-orders --allow-principal User:bob --operation Read')
    await ktool('acls add shop- --allow-principal User:bob --resource-pattern-type prefixed')
    await ktool('acls add * --allow-principal User:carol --operation Describe')
    // A broker answers when the controller has an ACL, and knows it itself a moment later.
    const matching = () => names('acls list shop-orders --resource-pattern-type match')
    await expect.poll(matching).toEqual(['* LITERAL', 'shop- PREFIXED', 'shop-orders LITERAL'])
    expect(await names('acls list shop-orders')).toEqual(['shop-orders LITERAL'])
    expect(await names('acls list shop- --resource-pattern-type any')).toEqual(['shop- PREFIXED'])
    const removing = 'acls remove shop-orders --resource-pattern-type match'
    expect(await names(`${removing} --dry-run`)).toHaveLength(3)
    expect(await names(removing)).toHaveLength(3)
    await expect.poll(() => names('acls list')).toEqual([])
  })

  test('what ktool adds Kafka’s tool finds there already', async () => {
    await ktool('acls add invoices --allow-principal User:dave --producer')
    await expect.poll(() => names('acls list invoices')).toHaveLength(3)
    const { stdout } = await runKafkaTool('acls', [
      ...['--bootstrap-server', kafka.bootstrapServers, '--add'],
      ...['--allow-principal', 'User:dave', '--operation', 'Write', '--topic', 'invoices'],
    ])
    const again = await ktool('acls add invoices --allow-principal User:dave --operation Write')
    expect(again.stdout).toBe(stdout.toString())
  })

  test('a controller answers as well', async () => {
    const controller = ['--bootstrap-controller', kafka.controllerServers]
    expect((await ktool('acls add ledger --allow-principal User:erin', controller)).exit).toBe(0)
    await expect.poll(() => names('acls list ledger')).toEqual(['ledger LITERAL'])
    expect((await ktool('acls remove ledger', controller)).stderr).toBe('removed 1 ACL\n')
  })

  test('an ACL is in force for whoever logs in', async () => {
    await ktool('topics create vault')
    await ktool('acls add vault --deny-principal User:alice --operation Describe')
    const seenBy = async (user: string) => (await ktool('topics list', as(user))).stdout
    await expect.poll(() => seenBy('admin')).toContain('vault')
    await expect.poll(() => seenBy('alice')).not.toContain('vault')
  })

  test('a token is created, printed as Kafka’s tool prints it, renewed and expired', async () => {
    const created = await ktool(
      'delegation-tokens create --max-life-time-period -1 --renewer-principal User:bob -o json',
      as('alice'),
    )
    const [token] = JSON.parse(created.stdout)
    expect(token).toMatchObject({ owner: 'User:alice', requester: 'User:alice', renewers: ['User:bob'] })

    const mine = async () =>
      JSON.parse((await ktool('delegation-tokens describe -o json', as('alice'))).stdout) as unknown[]
    await expect.poll(mine).toEqual([token])
    const whose = ['--describe', '--owner-principal', 'User:alice']
    const { stdout } = await runKafkaTool('delegation-tokens', [
      ...['--bootstrap-server', kafka.loginServers, '--command-config', loginOf('alice')],
      ...whose,
    ])
    expect((await ktool(`delegation-tokens ${whose.join(' ')}`, as('alice'))).stdout).toBe(stdout.toString())

    const renewing = `delegation-tokens renew ${token.hmac} --renew-time-period 60000`
    const renewed = await ktool(`${renewing} -o json`, as('alice'))
    const [{ expiryTimestamp }] = JSON.parse(renewed.stdout)
    expect(expiryTimestamp).toBeLessThan(token.expiryTimestamp)
    const refused = await ktool(renewing, as('admin'))
    expect([refused.exit, refused.stderr]).toEqual([
      1,
      'org.apache.kafka.common.errors.DelegationTokenOwnerMismatchException: Specified Principal is not valid Owner/Renewer.\n',
    ])

    const expiring = `delegation-tokens expire ${token.hmac} --expiry-time-period -1`
    expect((await ktool(`${expiring} --dry-run`, as('alice'))).stderr).toBe(
      `dry run: would expire token ${token.tokenId}\n`,
    )
    expect((await ktool(expiring, as('alice'))).stdout).toMatch(
      /^Calling .*\nCompleted expire operation\. New expiry date : \d{4}-\d\d-\d\dT\d\d:\d\d$/,
    )
    await expect.poll(mine).toEqual([])
    expect((await ktool(expiring, as('alice'))).stderr).toBe(
      'org.apache.kafka.common.errors.DelegationTokenNotFoundException: Delegation Token is not found on server.\n',
    )
  })

  test('a token of somebody else is one that only the owner may renew', async () => {
    const creating = 'delegation-tokens create --max-life-time-period -1 --owner-principal User:zoe -o json'
    const [token] = JSON.parse((await ktool(creating, as('admin'))).stdout)
    expect(token).toMatchObject({ owner: 'User:zoe', requester: 'User:admin', renewers: [] })
  })

  test('without a login there are no tokens', async () => {
    const { exit, stderr } = await ktool('delegation-tokens describe')
    expect([exit, stderr.split('\n')[0]]).toEqual([2, 'Missing required argument "[command-config]"'])
    writeFileSync(join(folder, 'plain.properties'), 'client.id=somebody\n')
    const server = ['-b', kafka.bootstrapServers, '--command-config', join(folder, 'plain.properties')]
    const plain = await ktool('delegation-tokens describe', server)
    expect([plain.exit, plain.stderr.split('\n')[1]]).toEqual([
      1,
      'hint: name a listener with SASL, and a login in --command-config',
    ])
  })
})
