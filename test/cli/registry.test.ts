import { Option } from 'commander'
import { expect, test } from 'vitest'

import type { Command } from '../../src/cli/command.ts'
import { GLOBAL_OPTIONS, OUTPUT_OPTION } from '../../src/cli/options.ts'
import { keyOf } from '../../src/cli/parse.ts'
import { TOOLS } from '../../src/cli/registry.ts'

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

test('names, aliases and mirrored scripts are unique', () => {
  const names = TOOLS.flatMap(({ name, alias, mirrors }) => [name, alias, mirrors]).filter(
    (name) => name !== undefined,
  )
  expect(new Set(names).size).toBe(names.length)
})
