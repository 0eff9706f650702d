import { expect, test } from 'vitest'

import { KafkaError } from '../../../src/protocol/errors.ts'
import { type Answers, fakeCluster } from '../../support/fake-cluster.ts'
import { runTool } from '../../support/run-tool.ts'

const TOPIC = 2
const LITERAL = 3
const PREFIXED = 4
const READ = 3
const WRITE = 4
const ALLOW = 3
const DENY = 2

const read = { principal: 'User:alice', host: '*', operation: READ, permissionType: ALLOW }
const write = { principal: 'User:bob', host: '10.0.0.1', operation: WRITE, permissionType: DENY }
const orders = { resourceType: TOPIC, resourceName: 'orders', patternType: LITERAL }

/** A cluster that has these ACLs on `orders`, creates any and deletes what it has. */
function clusterWith(acls: readonly (typeof read)[], answers: Answers = {}) {
  return fakeCluster({
    answers: {
      DescribeAcls: () => ({ errorCode: 0, resources: acls.length > 0 ? [{ ...orders, acls }] : [] }),
      CreateAcls: ({ creations }: { creations: unknown[] }) => ({
        results: creations.map(() => ({ errorCode: 0, errorMessage: null })),
      }),
      DeleteAcls: () => ({
        filterResults: [
          {
            errorCode: 0,
            errorMessage: null,
            matchingAcls: acls.map((acl) => ({ errorCode: 0, errorMessage: null, ...orders, ...acl })),
          },
        ],
      }),
      ...answers,
    },
  })
}

const HEADER = 'ResourcePattern(resourceType=TOPIC, name=orders, patternType=LITERAL)'

test('acls --list prints each resource with its entries, in the same order every time', async () => {
  const { exit, stdout } = await runTool('acls --list', clusterWith([write, read]))
  expect(exit).toBe(0)
  expect(stdout).toBe(
    `Current ACLs for resource \`${HEADER}\`:\n` +
      '\t(principal=User:alice, host=*, operation=READ, permissionType=ALLOW)\n' +
      '\t(principal=User:bob, host=10.0.0.1, operation=WRITE, permissionType=DENY)\n\n',
  )
})

test('acls list without a resource asks for everything, with resources for each of them', async () => {
  const all = clusterWith([])
  expect(await runTool('acls list', all)).toEqual({ exit: 0, stdout: '', stderr: '' })
  expect(all.asked[0]!.body).toEqual({
    resourceTypeFilter: 1,
    resourceNameFilter: null,
    patternTypeFilter: 1,
    principalFilter: null,
    hostFilter: null,
    operation: 1,
    permissionType: 1,
  })
  const some = clusterWith([])
  await runTool('acls list orders payments -g billing --cluster --resource-pattern-type any', some)
  expect(some.asked.map(({ body }) => [body.resourceTypeFilter, body.resourceNameFilter])).toEqual([
    [2, 'orders'],
    [2, 'payments'],
    [3, 'billing'],
  ])
  expect(some.asked.every(({ body }) => body.patternTypeFilter === 1)).toBe(true)
})

test('acls --list --principal has a title for each principal, and only their entries', async () => {
  const { stdout } = await runTool(
    'acls --list --principal User:zoe --principal User:bob',
    clusterWith([read, write]),
  )
  expect(stdout.split('\n').slice(0, 4)).toEqual([
    'ACLs for principal `User:zoe`',
    'ACLs for principal `User:bob`',
    `Current ACLs for resource \`${HEADER}\`:`,
    '\t(principal=User:bob, host=10.0.0.1, operation=WRITE, permissionType=DENY)',
  ])
  const json = await runTool('acls --list --principal User:bob -o json', clusterWith([read, write]))
  expect(JSON.parse(json.stdout)).toEqual([
    {
      resourceType: 'TOPIC',
      resourceName: 'orders',
      patternType: 'LITERAL',
      principal: 'User:bob',
      host: '10.0.0.1',
      operation: 'WRITE',
      permissionType: 'DENY',
    },
  ])
})

test('acls --list --principal without a value, and --command-config without one, are as if they were not there', async () => {
  const { exit, stdout } = await runTool('acls --list --principal --command-config', clusterWith([read]))
  expect([exit, stdout.split('\n')[1]]).toEqual([
    0,
    '\t(principal=User:alice, host=*, operation=READ, permissionType=ALLOW)',
  ])
})

test('acls add creates what is missing and tells what is there', async () => {
  const cluster = clusterWith([read])
  const { exit, stdout } = await runTool(
    [
      'acls',
      'add',
      'orders',
      '--allow-principal',
      ' User:alice ',
      '--operation',
      'Read',
      '--operation',
      'Write',
    ],
    cluster,
  )
  expect(exit).toBe(0)
  expect(stdout).toBe(
    `Acl (pattern=${HEADER}, entry=(principal=User:alice, host=*, operation=READ, permissionType=ALLOW)) already exists.\n` +
      `Adding ACLs for resource \`${HEADER}\`: \n` +
      ' \t(principal=User:alice, host=*, operation=WRITE, permissionType=ALLOW)\n\n',
  )
  expect(cluster.asked.at(-1)!.body).toEqual({
    creations: [
      {
        resourceType: TOPIC,
        resourceName: 'orders',
        resourcePatternType: LITERAL,
        principal: 'User:alice',
        host: '*',
        operation: WRITE,
        permissionType: ALLOW,
      },
    ],
  })
})

test('acls --add sends nothing when every ACL is there', async () => {
  const cluster = clusterWith([read])
  const { exit } = await runTool(
    'acls --add --allow-principal User:alice --operation read --topic orders',
    cluster,
  )
  expect([exit, cluster.asked.map(({ api }) => api)]).toEqual([0, ['DescribeAcls']])
})

test('acls --add takes hosts for whom they belong to', async () => {
  const { stdout } = await runTool(
    'acls --add --allow-principal User:a --deny-principal User:d --deny-host h1 --deny-host h2 --operation AlterConfigs -t orders -o jsonl',
    clusterWith([]),
  )
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(
    lines.map(({ principal, host, operation, permissionType }) => [
      principal,
      host,
      operation,
      permissionType,
    ]),
  ).toEqual([
    ['User:a', '*', 'ALTER_CONFIGS', 'ALLOW'],
    ['User:d', 'h1', 'ALTER_CONFIGS', 'DENY'],
    ['User:d', 'h2', 'ALTER_CONFIGS', 'DENY'],
  ])
  expect(lines[0]).toMatchObject({ existed: false, isAdded: true, error: null })
})

test.each([
  ['--producer --topic a', ['TOPIC a WRITE', 'TOPIC a CREATE', 'TOPIC a DESCRIBE']],
  [
    '--producer --idempotent --topic a --transactional-id t --group ignored',
    [
      'TOPIC a WRITE',
      'TOPIC a CREATE',
      'TOPIC a DESCRIBE',
      'CLUSTER kafka-cluster IDEMPOTENT_WRITE',
      'TRANSACTIONAL_ID t WRITE',
      'TRANSACTIONAL_ID t DESCRIBE',
    ],
  ],
  ['--consumer --topic a --group g', ['TOPIC a READ', 'TOPIC a DESCRIBE', 'GROUP g READ']],
  [
    '--consumer --producer --topic a --group g --cluster',
    ['TOPIC a READ', 'TOPIC a WRITE', 'TOPIC a CREATE', 'TOPIC a DESCRIBE', 'GROUP g READ'],
  ],
])('acls --add %s gives what the role needs', async (args, expected) => {
  const { stdout } = await runTool(
    `acls --add --allow-principal User:a ${args} --dry-run -o jsonl`,
    clusterWith([]),
  )
  const acls = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(acls.map((acl) => `${acl.resourceType} ${acl.resourceName} ${acl.operation}`).sort()).toEqual(
    [...expected].sort(),
  )
})

test('acls --add --dry-run says what would be added, and adds nothing', async () => {
  const cluster = clusterWith([])
  const { exit, stdout, stderr } = await runTool(
    'acls --add --allow-principal User:a --topic o --resource-pattern-type prefixed --dry-run',
    cluster,
  )
  expect([exit, stdout, cluster.asked.map(({ api }) => api)]).toEqual([0, '', ['DescribeAcls']])
  expect(stderr).toBe(
    'dry run: would add (principal=User:a, host=*, operation=ALL, permissionType=ALLOW) for ' +
      '`ResourcePattern(resourceType=TOPIC, name=o, patternType=PREFIXED)`\n',
  )
  expect(cluster.asked[0]!.body.patternTypeFilter).toBe(PREFIXED)
})

test('one ACL that is refused is a failure; the others are added', async () => {
  const cluster = clusterWith([], {
    CreateAcls: () => ({
      results: [
        { errorCode: 42, errorMessage: 'Invalid empty resource name' },
        { errorCode: 0, errorMessage: null },
      ],
    }),
  })
  const args = 'acls --add --allow-principal User:a --operation Read --operation Write --topic orders'
  const { exit, stdout, stderr } = await runTool(args, cluster)
  expect([exit, stderr]).toEqual([1, 'Error while executing ACL command: Invalid empty resource name\n'])
  expect(stdout).toContain('operation=WRITE')
  expect(stdout).not.toContain('operation=READ')
  const json = JSON.parse((await runTool(`${args} -o json`, cluster)).stdout)
  expect(json.map(({ isAdded, error }: { isAdded: boolean; error: string }) => [isAdded, error])).toEqual([
    [false, 'Invalid empty resource name'],
    [true, null],
  ])
})

test('acls --remove removes everything of a resource, or the entries of principals', async () => {
  const all = clusterWith([read, write])
  expect(await runTool('acls remove orders', all)).toEqual({
    exit: 0,
    stdout: '',
    stderr: 'removed 2 ACLs\n',
  })
  expect(all.asked.at(-1)!.body).toEqual({
    filters: [
      {
        resourceTypeFilter: TOPIC,
        resourceNameFilter: 'orders',
        patternTypeFilter: LITERAL,
        principalFilter: null,
        hostFilter: null,
        operation: 1,
        permissionType: 1,
      },
    ],
  })
  const some = clusterWith([read])
  const args = 'acls --remove -t orders --allow-principal User:alice --operation Read --force -o json'
  expect(JSON.parse((await runTool(args, some)).stdout)).toMatchObject([
    { principal: 'User:alice', isRemoved: true, error: null },
  ])
  expect(some.asked.at(-1)!.body.filters).toMatchObject([
    { principalFilter: 'User:alice', hostFilter: '*', operation: READ, permissionType: ALLOW },
  ])
})

test('acls --remove asks at a terminal, and only there', async () => {
  const declined = clusterWith([read])
  const answer = await runTool('acls --remove --topic orders', declined, { isTerminal: true, input: 'n\n' })
  expect([answer.exit, declined.asked]).toEqual([1, []])
  expect(answer.stderr).toBe(
    `Are you sure you want to delete all ACLs for resource filter \`${HEADER}\`? (y/N) ` +
      'nothing was removed\nhint: --force removes without asking\n',
  )
  const agreed = clusterWith([read])
  const args = 'acls --remove --topic orders --allow-principal User:a --operation Read'
  const { exit, stderr } = await runTool(args, agreed, { isTerminal: true, input: 'y\n' })
  expect([exit, agreed.asked.map(({ api }) => api)]).toEqual([0, ['DeleteAcls']])
  expect(stderr).toContain(
    'Are you sure you want to remove ACLs: \n \t(principal=User:a, host=*, operation=READ, permissionType=ALLOW) \n from resource filter',
  )
  const forced = await runTool('acls --remove --topic orders --force', clusterWith([read]), {
    isTerminal: true,
  })
  expect(forced.stderr).toBe('removed 1 ACL\n')
})

test('acls --remove says so when what was given narrows nothing down', async () => {
  const { stderr } = await runTool(
    'acls --remove --topic orders --operation Read --dry-run',
    clusterWith([read]),
  )
  expect(stderr).toBe(
    '--operation counts for nothing without a principal: all ACLs are meant\n' +
      `dry run: would remove (principal=User:alice, host=*, operation=READ, permissionType=ALLOW) from \`${HEADER}\`\n`,
  )
})

test('an ACL that stays is a failure', async () => {
  const cluster = clusterWith([], {
    DeleteAcls: () => ({
      filterResults: [
        {
          errorCode: 0,
          errorMessage: null,
          matchingAcls: [{ errorCode: 41, errorMessage: 'Not the controller', ...orders, ...read }],
        },
      ],
    }),
  })
  const { exit, stderr } = await runTool('acls --remove --topic orders', cluster)
  expect([exit, stderr]).toEqual([
    1,
    'removed 0 ACLs\nError while executing ACL command: Not the controller\n',
  ])
})

test.each([
  ['--list --add', 'Command must include exactly one action: --list, --add, --remove.'],
  ['--list --producer', `Option "[list]" can't be used with option "[producer]"`],
  ['--list --allow-host h', `Option "[list]" can't be used with option "[allow-host]"`],
  ['--add --producer --operation Read', `Option "[producer]" can't be used with option "[operation]"`],
  ['--add --consumer --deny-host h', `Option "[consumer]" can't be used with option "[deny-host]"`],
  ['--add --principal User:a', 'The --principal option is only available if --list is set'],
  ['--add --producer --group g', 'With --producer you must specify a --topic'],
  ['--add --idempotent', 'The --idempotent option is only available if --producer is set'],
  [
    '--add --consumer --topic a',
    'With --consumer you must specify a --topic and a --group and no --cluster or --transactional-id option should be specified.',
  ],
  [
    '--add --consumer --topic a --group g --cluster',
    'With --consumer you must specify a --topic and a --group and no --cluster or --transactional-id option should be specified.',
  ],
  [
    '--add --allow-principal alice --topic a',
    'Error while executing ACL command: expected a string in format principalType:principalName but got alice',
  ],
  [
    '--list --topic a --resource-pattern-type silly',
    "Error while executing ACL command: Cannot parse argument 'silly' of option resource-pattern-type",
  ],
  [
    '--add --allow-principal User:a --topic a --resource-pattern-type match',
    "A '--resource-pattern-type' value of 'MATCH' is not valid when adding acls.",
  ],
  [
    '--add --topic a',
    'You must specify one of: --allow-principal, --deny-principal when trying to add ACLs.',
  ],
  [
    '--add --allow-principal User:a --cluster --resource-pattern-type prefixed',
    'You must provide at least one resource: --topic <topic> or --cluster or --group <group> or --delegation-token <Delegation Token ID>',
  ],
  [
    '--remove --force',
    'You must provide at least one resource: --topic <topic> or --cluster or --group <group> or --delegation-token <Delegation Token ID>',
  ],
  [
    '--add --allow-principal User:a --group g --operation Create',
    'ResourceType GROUP only supports operations [READ, DELETE, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS, ALL]',
  ],
  [
    '--add --allow-principal User:a --user-principal User:b --operation Alter_Configs',
    'ResourceType USER only supports operations [CREATE_TOKENS, DESCRIBE_TOKENS, ALL]',
  ],
  [
    '--list --bootstrap-server a:1 --bootstrap-controller b:1',
    'Only one of --bootstrap-server or --bootstrap-controller must be specified',
  ],
])('acls %s is refused before anything is sent', async (args, message) => {
  const cluster = clusterWith([])
  const { exit, stderr } = await runTool(`acls ${args}`, cluster)
  expect([exit, stderr.split('\n')[0], cluster.asked]).toEqual([2, message, []])
})

test('a broker without an authorizer is told in its words, with a remedy', async () => {
  const cluster = clusterWith([], {
    DescribeAcls() {
      throw new KafkaError('SECURITY_DISABLED', 'No Authorizer is configured on the broker')
    },
  })
  expect(await runTool('acls list', cluster)).toEqual({
    exit: 1,
    stdout: '',
    stderr:
      'Error while executing ACL command: No Authorizer is configured on the broker\n' +
      'hint: a broker has ACLs once its setting authorizer.class.name names an authorizer\n',
  })
})
