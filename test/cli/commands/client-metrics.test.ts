import { expect, test } from 'vitest'

import { KafkaError } from '../../../src/protocol/errors.ts'
import { type Answers, fakeCluster } from '../../support/fake-cluster.ts'
import { runTool } from '../../support/run-tool.ts'

const CLIENT_METRICS = 16
const SET = 0
const DELETE = 1

type Settings = Readonly<Record<string, string>>

/** A cluster with subscriptions, which takes any change. */
function clusterWith(subscriptions: Readonly<Record<string, Settings>>, answers: Answers = {}) {
  const DEFAULTS = { 'interval.ms': '300000', match: '', metrics: '' }
  return fakeCluster({
    answers: {
      ListConfigResources: () => ({
        errorCode: 0,
        configResources: Object.keys(subscriptions).map((resourceName) => ({
          resourceName,
          resourceType: CLIENT_METRICS,
        })),
      }),
      DescribeConfigs: ({ resources }: { resources: { resourceName: string }[] }) => ({
        results: resources.map(({ resourceName }) => ({
          errorCode: 0,
          errorMessage: null,
          resourceName,
          configs: Object.entries({ ...DEFAULTS, ...subscriptions[resourceName] }).map(([name, value]) => ({
            name,
            value,
            synonyms: [],
          })),
        })),
      }),
      IncrementalAlterConfigs: ({ resources }: { resources: { resourceName: string }[] }) => ({
        responses: resources.map(() => ({ errorCode: 0, errorMessage: null })),
      }),
      ApiVersions: () => ({ errorCode: 0, apiKeys: [{ apiKey: 71, minVersion: 0, maxVersion: 0 }] }),
      ...answers,
    },
  })
}

const APP = { 'interval.ms': '5000', match: 'client_id=app,client_software_name=java', metrics: 'a,b' }

test('client-metrics --list prints names, and a blank line when there are none', async () => {
  expect((await runTool('client-metrics list', clusterWith({ b: {}, a: {} }))).stdout).toBe('a\nb\n')
  expect((await runTool('client-metrics list', clusterWith({}))).stdout).toBe('\n')
  expect((await runTool('client-metrics list -o name', clusterWith({}))).stdout).toBe('')
})

test('client-metrics describe prints the settings of one subscription, or of all', async () => {
  const cluster = clusterWith({ app: APP, other: {} })
  expect((await runTool('client-metrics describe app', cluster)).stdout).toBe(
    'Client metrics configs for app are:\n' +
      '  interval.ms=5000\n  match=client_id=app,client_software_name=java\n  metrics=a,b\n',
  )
  const { stdout } = await runTool('client-metrics --describe -o json', cluster)
  expect(JSON.parse(stdout)).toEqual([
    {
      name: 'app',
      intervalMs: 5000,
      match: ['client_id=app', 'client_software_name=java'],
      metrics: ['a', 'b'],
    },
    { name: 'other', intervalMs: 300000, match: [], metrics: [] },
  ])
})

test('a subscription that does not exist is a failure, which Kafka’s tool does not count as one', async () => {
  const args = 'client-metrics --describe --name none'
  const { exit, stdout, stderr } = await runTool(args, clusterWith({}))
  expect([exit, stdout, stderr]).toEqual([
    1,
    '',
    "The client metric resource none doesn't exist and doesn't have dynamic config.\n",
  ])
  expect((await runTool(`${args} --compat-exit-codes`, clusterWith({}))).exit).toBe(0)
})

test('client-metrics alter sets what is given, and puts back what is given empty', async () => {
  const cluster = clusterWith({})
  const { exit, stdout, stderr } = await runTool(
    [
      'client-metrics',
      'alter',
      'app',
      '--interval',
      '',
      '--metrics',
      'a,,b',
      '--metrics',
      'c',
      '--match',
      'client_id=x',
    ],
    cluster,
  )
  expect([exit, stdout, stderr]).toEqual([0, 'Altered client metrics config for app.\n', ''])
  expect(cluster.asked[0]).toEqual({
    api: 'IncrementalAlterConfigs',
    node: 'controller',
    body: {
      resources: [
        {
          resourceType: CLIENT_METRICS,
          resourceName: 'app',
          configs: [
            { name: 'interval.ms', configOperation: DELETE, value: '' },
            { name: 'match', configOperation: SET, value: 'client_id=x' },
            { name: 'metrics', configOperation: SET, value: 'a,b,c' },
          ],
        },
      ],
      validateOnly: false,
    },
  })
})

test('client-metrics --alter --generate-name makes up a name, which -o name prints', async () => {
  const { stdout } = await runTool('client-metrics --alter --generate-name -o name', clusterWith({}))
  expect(Buffer.from(stdout.trim(), 'base64url')).toHaveLength(16)
})

test('it is said when the broker keeps a subscription but asks no client', async () => {
  const cluster = clusterWith({}, { ApiVersions: () => ({ errorCode: 0, apiKeys: [] }) })
  const { exit, stderr } = await runTool('client-metrics alter app --interval 5000', cluster)
  expect([exit, stderr]).toEqual([
    0,
    'the subscription is kept, but no client is asked for metrics: the broker does not support GetTelemetrySubscriptions\n',
  ])
})

test('client-metrics delete takes every setting away', async () => {
  const cluster = clusterWith({ app: APP })
  expect(await runTool('client-metrics delete app', cluster)).toEqual({
    exit: 0,
    stdout: 'Deleted client metrics config for app.\n',
    stderr: '',
  })
  expect(cluster.asked.at(-1)!.body.resources).toMatchObject([
    {
      resourceName: 'app',
      configs: ['interval.ms', 'match', 'metrics'].map((name) => ({ name, configOperation: DELETE })),
    },
  ])
})

test.each([
  ['alter app --interval 5000', 'alter', { set: { 'interval.ms': '5000' }, reset: [], isAltered: false }],
  ['delete app', 'delete', { isDeleted: false }],
])('client-metrics %s --dry-run only asks whether it could be done', async (args, verb, item) => {
  const cluster = clusterWith({ app: APP })
  expect(await runTool(`client-metrics ${args} --dry-run`, cluster)).toEqual({
    exit: 0,
    stdout: '',
    stderr: `dry run: would ${verb} client metrics config for app\n`,
  })
  expect(cluster.asked.at(-1)!.body.validateOnly).toBe(true)
  const json = await runTool(`client-metrics ${args} --dry-run -o json`, cluster)
  expect(JSON.parse(json.stdout)).toEqual([{ name: 'app', ...item }])
})

test('what the broker refuses is told in its words', async () => {
  const cluster = clusterWith(
    {},
    {
      IncrementalAlterConfigs() {
        throw new KafkaError('INVALID_CONFIG', 'Illegal client matching pattern: silly=x')
      },
    },
  )
  const { exit, stderr } = await runTool('client-metrics alter app --match silly=x', cluster)
  expect([exit, stderr]).toEqual([
    1,
    'Error while executing client metrics command : Illegal client matching pattern: silly=x\n',
  ])
})

test.each([
  ['', 'Command must include exactly one action: --alter, --delete, --describe or --list.'],
  ['--list --delete', 'Command must include exactly one action: --alter, --delete, --describe or --list.'],
  ['--list --name a', `Option "[list]" can't be used with option "[name]"`],
  ['--describe --interval 1', `Option "[describe]" can't be used with option "[interval]"`],
  ['--delete --name a --metrics b', `Option "[delete]" can't be used with option "[metrics]"`],
  ['--alter', 'One of --name or --generate-name must be specified with --alter.'],
  ['--alter --name a --generate-name', 'One of --name or --generate-name must be specified with --alter.'],
  ['--alter --name a --interval 5x', 'Invalid interval value. Enter an integer, or leave empty to reset.'],
  [
    '--alter --name a --interval 99999999999',
    'Invalid interval value. Enter an integer, or leave empty to reset.',
  ],
  ['--delete', 'A client metrics resource name must be specified with --delete.'],
])('client-metrics %s is refused before anything is sent', async (args, message) => {
  const cluster = clusterWith({})
  const { exit, stderr } = await runTool(['client-metrics', ...args.split(' ').filter(Boolean)], cluster)
  expect([exit, stderr.split('\n')[0], cluster.asked]).toEqual([2, message, []])
})
