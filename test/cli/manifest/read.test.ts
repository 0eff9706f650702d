import { expect, test } from 'vitest'
import { readManifest } from '../../../src/cli/manifest/read.ts'

const read = (text: string) => readManifest(text, 'topics.yaml').topics
const hasTopics = (text: string) => readManifest(text, 'topics.yaml').hasTopics

test('a topic has what the file says of it, and null for what it leaves out', () => {
  const text = `
topics:
  payments:
  orders:
    partitions: 6
    replicationFactor: 3
    configs:
      retention.ms: 9223372036854775807
      cleanup.policy: [compact, delete]
      min.cleanable.dirty.ratio: 0.5
      preallocate: true
      compression.type: 'zstd'
`
  expect(read(text)).toEqual([
    {
      name: 'orders',
      partitions: 6,
      replicationFactor: 3,
      configs: new Map([
        ['retention.ms', '9223372036854775807'],
        ['cleanup.policy', 'compact,delete'],
        ['min.cleanable.dirty.ratio', '0.5'],
        ['preallocate', 'true'],
        ['compression.type', 'zstd'],
      ]),
    },
    { name: 'payments', partitions: null, replicationFactor: null, configs: null },
  ])
})

test('lists, JSON and several documents are read, too', () => {
  const spec = { partitions: null, replicationFactor: null, configs: null }
  expect(read('topics:\n- name: a\n- name: b\n  partitions: 2\n')).toEqual([
    { ...spec, name: 'a' },
    { ...spec, name: 'b', partitions: 2 },
  ])
  expect(read('[{"name":"a","partitions":1,"replicationFactor":1,"configs":{}}]')).toEqual([
    { name: 'a', partitions: 1, replicationFactor: 1, configs: new Map() },
  ])
  expect(read('topics: {b: }\n---\ntopics: {a: }\n').map(({ name }) => name)).toEqual(['a', 'b'])
  expect(read('')).toEqual([])
  expect(read('topics:\n')).toEqual([])
})

test.each([
  ['', false],
  ['\n# only a comment\n', false],
  ['---\n', false],
  ['null', false],
  ['{}', false],
  ['topics:\n', false],
  ['topics: ~', false],
  ['topics: {}', true],
  ['topics: []', true],
  ['[]', true],
  ['topics: {a: }\n---\n', true],
])('%j says which topics there are: %s', (text, expected) => {
  expect(hasTopics(text)).toBe(expected)
})

test.each([
  `topics: ${'['.repeat(20_000)}`,
  `topics: ${'{a: '.repeat(20_000)}`,
  `topics: ${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  Array.from({ length: 5000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
])('what nests too deeply is refused with a reason', (text) => {
  expect(() => read(text)).toThrow(/^topics.yaml:\d+: too many levels of lists and maps within one another$/)
})

test.each([
  ['topics: [', 'topics.yaml:1: '],
  [
    'topics:\n  a:\n    partitions: six\n',
    "topics.yaml:3: partitions of 'a' is 'six', not a positive integer",
  ],
  ['topics:\n  a:\n    partitions: 0\n', "topics.yaml:3: partitions of 'a' is '0', not a positive integer"],
  [
    'topics:\n  a:\n    partition: 1\n',
    "topics.yaml:3: 'partition' is not known here: did you mean partitions?",
  ],
  ['topic:\n  a:\n', "topics.yaml:1: 'topic' is not known here: did you mean topics?"],
  ['topics:\n  a: 3\n', "topics.yaml:2: topic 'a' is no map"],
  ['topics:\n- partitions: 1\n', 'topics.yaml:2: a topic of a list has a name'],
  ['topics:\n  a:\n    name: b\n', "topics.yaml:3: topic 'a' has another name, 'b', within"],
  ['topics:\n  a:\n  a:\n', "topics.yaml:3: 'a' is there twice"],
  ['topics: [{name: a}, {name: a}]', "topics.yaml: topic 'a' is there twice"],
  ['topics:\n  a:\n    configs:\n      retention.ms:\n', "topics.yaml: retention.ms of 'a' has no value"],
  ['orders', 'topics.yaml:1: this is no list of topics'],
])('a mistake is told with its place: %j', (text, message) => {
  expect(() => read(text)).toThrow(message)
})
