import { Option } from 'commander'
import { expect, test } from 'vitest'

import type { Command } from '../../src/cli/command.ts'
import { GLOBAL_OPTIONS, OUTPUT_OPTION } from '../../src/cli/options.ts'
import { keyOf } from '../../src/cli/parsing/parse.ts'
import { TOOLS } from '../../src/cli/registry.ts'
import { runTool } from '../support/run-tool.ts'

const commands = (
  await Promise.all(
    TOOLS.map(async ({ name, load }): Promise<[string, Command][]> => {
      const loaded = await load()
      if (!('subcommands' in loaded)) return [[name, loaded]]
      return loaded.subcommands.map((command) => [`${name} ${command.name}`, command])
    }),
  )
).flat()

test.each(commands)('%s: keys are those that commander derives from the flags', (_, { options }) => {
  const all = { ...options, ...OUTPUT_OPTION(['text']), ...GLOBAL_OPTIONS }
  for (const [key, spec] of Object.entries(all)) expect(keyOf(new Option(spec.flags))).toBe(key)
})

test.each(commands)('%s: no flag is declared twice', (_, { options, formats }) => {
  const specs = Object.values({ ...options, ...(formats ? OUTPUT_OPTION(formats) : {}), ...GLOBAL_OPTIONS })
  const flags = specs.flatMap((spec) => spec.flags.match(/(?<![\w-])--?[a-zA-Z][\w.-]*/g) ?? [])
  expect(flags.filter((flag, at) => flags.indexOf(flag) !== at)).toEqual([])
})

test.each(commands)('%s: words and subjects are options', (_, { options, words = [], subjects = [] }) => {
  for (const key of [...words, ...subjects]) expect(options).toHaveProperty([key])
})

const talking = commands.filter(
  ([path, { options }]) => 'bootstrapServer' in options && !path.startsWith('context '),
)

test.each(talking)('%s: a cluster can also be named by its context', (_, { options }) => {
  expect(options).toHaveProperty('context.flags', '--context <name>')
})

test('names, aliases and mirrored scripts are unique', () => {
  const names = TOOLS.flatMap(({ name, alias, mirrors, script }) => [name, alias, mirrors, script]).filter(
    (name) => name !== undefined,
  )
  expect(new Set(names).size).toBe(names.length)
})

/** 50 lines of 100 columns: what a terminal shows at once. */
const SCREEN = { lines: 50, columns: 100 }

const names = TOOLS.flatMap(({ name }) => [
  name,
  ...commands.flatMap(([path]) => (path === name ? [] : path)).filter((path) => path.startsWith(`${name} `)),
])

test.each(names)('ktool %s --help fits a screen', async (name) => {
  const { exit, stdout } = await runTool([...name.split(' '), '--help'])
  const lines = stdout.trimEnd().split('\n')
  expect(exit).toBe(0)
  expect(lines.length, 'mark options `rare`, or write help texts that fit a line').toBeLessThanOrEqual(
    SCREEN.lines,
  )
  // An example is copied, so it is not broken.
  const texts = lines.slice(0, lines.indexOf('Examples'))
  expect(texts.filter((line) => line.length > SCREEN.columns)).toEqual([])
})

test.each(TOOLS.map(({ name }) => name))('ktool %s --help ends with three examples', async (name) => {
  const { stdout } = await runTool([name, '--help'])
  const [heading, ...examples] = stdout.trimEnd().split('\n').slice(-4)
  expect(heading).toBe('Examples')
  for (const example of examples) expect(example).toMatch(/^ {2}ktool /)
})

test.each(commands.filter(([path]) => path.includes(' ')))(
  'ktool %s --help ends with an example or a few',
  async (path) => {
    const { stdout } = await runTool([...path.split(' '), '--help'])
    const examples = stdout.slice(stdout.indexOf('\nExamples\n')).trim().split('\n').slice(1)
    expect(examples.length).toBeGreaterThanOrEqual(1)
    expect(examples.length).toBeLessThanOrEqual(3)
  },
)
