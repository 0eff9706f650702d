import { expect, test } from 'vitest'

import { defineCommand } from '../../../src/cli/command.ts'
import { UsageError } from '../../../src/cli/failures.ts'
import { int } from '../../../src/cli/options.ts'
import { parseOptions } from '../../../src/cli/parsing/parse.ts'

const command = defineCommand({
  name: 'sample',
  options: {
    list: { flags: '--list', help: '' },
    create: { flags: '--create', help: '' },
    topic: { flags: '-t, --topic <name>', help: '' },
    partitions: { flags: '--partitions <n>', help: '', parse: int },
    config: { flags: '--config <k=v>', help: '', repeatable: true },
    state: { flags: '--state [names]', help: '' },
    property: { flags: '--property <k=v>', help: '', repeatable: true, deprecated: 'Use --config.' },
    timeoutMs: { flags: '--timeout-ms <n>', help: '', parse: int, default: 5 },
  },
  words: ['list', 'create'],
  subjects: ['topic'],
  run: async () => {},
})

const parse = (...args: string[]) => parseOptions(command, command.options, args)
const refusal = (...args: string[]): UsageError => {
  try {
    parse(...args)
  } catch (error) {
    if (error instanceof UsageError) return error
    throw error
  }
  throw new Error('the command line was accepted')
}

test('options that are absent are false, undefined, empty or at their default', () => {
  expect(parse().values).toEqual({
    list: false,
    create: false,
    topic: undefined,
    partitions: undefined,
    config: [],
    state: undefined,
    property: [],
    timeoutMs: 5,
  })
})

test.each([
  [['--topic', 'a'], { topic: 'a' }],
  [['--topic=a=b'], { topic: 'a=b' }],
  [['-t', 'a'], { topic: 'a' }],
  [['--partitions', '-1'], { partitions: -1 }],
  [['--topic', '--list'], { topic: '--list', list: false }],
  [['--config', 'a=1', '--config', 'b=2'], { config: ['a=1', 'b=2'] }],
  [['--state'], { state: true }],
  [['--state', 'a,b'], { state: 'a,b' }],
  [['create', 'orders'], { create: true, topic: 'orders' }],
  [['create', 'orders', '--partitions', '3'], { create: true, topic: 'orders', partitions: 3 }],
  [['--create', 'orders'], { create: true, topic: 'orders' }],
  // jopt-simple takes a long option behind one dash, too.
  [['-topic', 'a', '-list'], { topic: 'a', list: true }],
  [['-topic=a', '-partitions', '3'], { topic: 'a', partitions: 3 }],
  [['--topic', '-list'], { topic: '-list', list: false }],
  [['-topic', '-list'], { topic: '-list', list: false }],
  [['--list=maybe'], { list: true }],
  [['-list=maybe'], { list: true }],
  [['--list', 'create'], { list: true, create: false, topic: 'create' }],
])('%j is understood', (args, values) => {
  expect(parse(...args).values).toMatchObject(values)
})

test.each([
  [['--nope'], 'nope is not a recognized option', undefined],
  [['--nope=1'], 'nope is not a recognized option', undefined],
  [['--topi', 'a'], 'topi is not a recognized option', 'did you mean --topic?'],
  [['--topic'], 'Option topic requires an argument', undefined],
  [
    ['--topic', 'a', '--topic', 'b'],
    'Found multiple arguments for option topic, but you asked for only one',
    undefined,
  ],
  [['--partitions', 'ten'], "Cannot parse argument 'ten' of option partitions", undefined],
  [['--partitions', '2147483648'], "Cannot parse argument '2147483648' of option partitions", undefined],
  [['orders', 'payments'], "unexpected argument 'payments'", undefined],
])('%j is refused', (args, message, hint) => {
  expect(refusal(...args)).toMatchObject({ message, hint })
})

test('an older spelling is noticed once', () => {
  expect(parse('--property', 'a=1', '--property', 'b=2').notices).toEqual(['Use --config.'])
})

test('a key that commander would spell otherwise is a bug in the declaration', () => {
  const wrong = defineCommand({
    name: 'wrong',
    options: { top: { flags: '--topic <a>', help: '' } },
    run: async () => {},
  })
  expect(() => parseOptions(wrong, wrong.options, ['--topic', 'a'])).toThrow("should be 'topic'")
})

test('combinations are checked before values are read', () => {
  const checked = defineCommand({
    name: 'checked',
    options: { partitions: { flags: '--partitions <n>', help: '', parse: int } },
    check: (given) => {
      if (given.has('partitions')) throw new UsageError('not now')
    },
    run: async () => {},
  })
  expect(() => parseOptions(checked, checked.options, ['--partitions', 'ten'])).toThrow('not now')
})
