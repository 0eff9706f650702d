import {
  AlterConfigs,
  DescribeConfigs,
  IncrementalAlterConfigs,
  ListConfigResources,
} from '../../../src/protocol/messages/configs.ts'
import { ask, type Step, topic } from './step.ts'

const TOPIC = 2
const BROKER = 4
const SET = 0
const DELETE = 1
const APPEND = 2
const SUBTRACT = 3

const describe = (
  title: string,
  resourceType: number,
  resourceName: string,
  keys: string[] | null = null,
  includeSynonyms = true,
  has: Readonly<Record<string, string>> = {},
): Step =>
  ask(
    title,
    DescribeConfigs,
    (version) => ({
      resources: [{ resourceType, resourceName, configurationKeys: keys }],
      includeSynonyms,
      ...(version >= 3 ? { includeDocumentation: true } : {}),
    }),
    // A broker of Kafka's follows its controller a moment later.
    {
      until: ({ results }) =>
        Object.entries(has).every(([name, value]) =>
          results[0]!.configs.some((config) => config.name === name && config.value === value),
        ),
    },
  )

const change = (
  title: string,
  resourceType: number,
  resourceName: string,
  changes: [name: string, operation: number, value: string | null][],
): Step[] =>
  [true, false].map((validateOnly) =>
    ask(`${title}${validateOnly ? ', only to see whether it could be' : ''}`, IncrementalAlterConfigs, {
      resources: [
        {
          resourceType,
          resourceName,
          configs: changes.map(([name, configOperation, value]) => ({ name, configOperation, value })),
        },
      ],
      validateOnly,
    }),
  )

const replace = (
  title: string,
  resourceType: number,
  resourceName: string,
  configs: Record<string, string | null>,
): Step =>
  ask(title, AlterConfigs, {
    resources: [
      {
        resourceType,
        resourceName,
        configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
      },
    ],
    validateOnly: false,
  })

/** Settings that the two brokers are started with. Differs: ktool forms groups without the initial delay. */
const GIVEN =
  /listener|log\.dir|node\.id|broker\.id|process\.roles|controller\.quorum|metadata\.log\.dir|advertised|replication\.factor|min\.isr|initial\.rebalance\.delay/

export const configSteps: readonly Step[] = [
  topic('configured', 1, { 'retention.ms': '5000', 'cleanup.policy': 'compact,delete' }),
  describe('all of a topic', TOPIC, 'configured'),
  describe('all of a topic without synonyms', TOPIC, 'configured', null, false),
  describe('some of a topic', TOPIC, 'configured', ['retention.ms', 'segment.bytes', 'no.such.setting']),
  describe('none of a topic', TOPIC, 'configured', []),
  describe('an unknown topic', TOPIC, 'nothing'),
  describe('a topic whose name cannot be', TOPIC, 'a b'),
  describe('a topic without a name', TOPIC, ''),
  describe('an unknown broker', BROKER, '7'),
  describe('a broker that is no number', BROKER, 'one'),
  describe('the defaults of all brokers', BROKER, ''),
  describe('a kind that is not', 3, 'x'),
  ask(
    'all of a broker',
    DescribeConfigs,
    {
      resources: [{ resourceType: BROKER, resourceName: '1', configurationKeys: null }],
      includeSynonyms: true,
    },
    {
      without: (answer) => ({
        ...answer,
        results: answer.results.map((result) => ({
          ...result,
          // What the two were started with differs; the rest has its default.
          configs: result.configs.filter(({ name, configSource }) => configSource === 5 && !GIVEN.test(name)),
        })),
      }),
    },
  ),
  ...change('a setting', TOPIC, 'configured', [['retention.ms', SET, '7000']]),
  ...change('a setting that goes', TOPIC, 'configured', [['retention.ms', DELETE, null]]),
  ...change('a setting that was not there goes', TOPIC, 'configured', [['segment.ms', DELETE, null]]),
  ...change('a value that is added to a list', TOPIC, 'configured', [['cleanup.policy', APPEND, 'delete']]),
  ...change('a value that is taken from a list', TOPIC, 'configured', [
    ['cleanup.policy', SUBTRACT, 'delete'],
  ]),
  ...change('a value that is added to no list', TOPIC, 'configured', [['retention.ms', APPEND, '5']]),
  ...change('a setting twice', TOPIC, 'configured', [
    ['retention.ms', SET, '5'],
    ['retention.ms', SET, '6'],
  ]),
  ...change('a setting of null', TOPIC, 'configured', [['retention.ms', SET, null]]),
  ...change('a setting nobody knows', TOPIC, 'configured', [['no.such.setting', SET, '1']]),
  ...change('a setting that does not parse', TOPIC, 'configured', [['retention.ms', SET, 'x']]),
  ...change('a setting of an unknown topic', TOPIC, 'nothing', [['retention.ms', SET, '5']]),
  ...change('a setting of a topic whose name cannot be', TOPIC, 'a b', [['retention.ms', SET, '5']]),
  ...change('a setting of a topic without a name', TOPIC, '', [['retention.ms', SET, '5']]),
  ...change('nothing', TOPIC, 'configured', []),
  ...change('a setting of a broker', BROKER, '1', [['log.cleaner.threads', SET, '2']]),
  ...change('a setting of a broker that cannot change', BROKER, '1', [['broker.rack', SET, 'a']]),
  ...change('a setting of an unknown broker', BROKER, '9', [['log.cleaner.threads', SET, '2']]),
  ...change('a setting of all brokers', BROKER, '', [['log.retention.ms', SET, '86400000']]),
  ...change('a setting of a kind that is not', 3, 'x', [['a', SET, 'b']]),
  ask('a resource twice', IncrementalAlterConfigs, {
    resources: [1, 2].map(() => ({
      resourceType: TOPIC,
      resourceName: 'configured',
      configs: [{ name: 'retention.ms', configOperation: SET, value: '5' }],
    })),
    validateOnly: true,
  }),
  describe('a topic under changed defaults', TOPIC, 'configured', ['retention.ms', 'cleanup.policy']),
  ...change('a setting of all brokers that goes', BROKER, '', [['log.retention.ms', DELETE, null]]),
  replace('all settings', TOPIC, 'configured', { 'segment.ms': '3600000' }),
  describe('a topic whose settings were replaced', TOPIC, 'configured', null, true, {
    'segment.ms': '3600000',
    'cleanup.policy': 'delete',
  }),
  replace('no settings', TOPIC, 'configured', {}),
  replace('settings that do not parse', TOPIC, 'configured', { 'segment.ms': 'x' }),
  replace('settings of null', TOPIC, 'configured', { 'segment.ms': null }),
  replace('settings of an unknown topic', TOPIC, 'nothing', { 'segment.ms': '5' }),
  ask('of every kind', ListConfigResources, (version) => (version === 0 ? {} : { resourceTypes: [] }), {
    // The brokers and topics are those of earlier steps.
  }),
  ask('of topics', ListConfigResources, { resourceTypes: [TOPIC] }, { versions: [1] }),
  ask('of brokers', ListConfigResources, { resourceTypes: [BROKER] }, { versions: [1] }),
  ask('of groups and client metrics', ListConfigResources, { resourceTypes: [16, 32] }, { versions: [1] }),
  ask('of a kind that is not', ListConfigResources, { resourceTypes: [3] }, { versions: [1] }),
]
