// `npm run docs` writes the parts of the README that follow from the source; without it they are only compared.
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { README, withParts } from './support/readme.ts'

test('the tables of the README are those of the source', () => {
  const readme = readFileSync(README, 'utf8')
  if (process.env.KTOOL_WRITE_README === '1') writeFileSync(README, withParts(readme))
  expect(readFileSync(README, 'utf8'), 'run `npm run docs`').toBe(withParts(readme))
})

test('every command in the README names a tool that there is', () => {
  const examples = [...readFileSync(README, 'utf8').matchAll(/^(?:npx )?ktool (\S+)/gm)].map(
    ([, tool]) => tool!,
  )
  const tools = readFileSync(new URL('../src/cli/registry.ts', import.meta.url), 'utf8')
  expect(examples.length).toBeGreaterThanOrEqual(10)
  for (const tool of examples) expect(tools).toContain(`'${tool}'`)
})
