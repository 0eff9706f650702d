import { expect, test } from 'vitest'

import { bashCompletion, completables, fishCompletion, zshCompletion } from '../../src/cli/completions.ts'
import { TOOLS } from '../../src/cli/registry.ts'

const all = await completables(TOOLS)

// `npm run completions` runs this file with --update, which writes what is compared here.
test.each([
  ['ktool.bash', bashCompletion],
  ['_ktool', zshCompletion],
  ['ktool.fish', fishCompletion],
])('completions/%s is what the declarations say', async (file, complete) => {
  await expect(complete(all)).toMatchFileSnapshot(`../../completions/${file}`)
})

test('tools, aliases, commands, words and options can be completed', () => {
  const of = (path: string) => all.find((completable) => completable.path === path)!
  expect(of('topics').words.map(({ word }) => word)).toContain('create')
  expect(of('topics').options.map(({ name }) => name)).toContain('--bootstrap-server')
  expect(of('features').words.map(({ word }) => word)).toContain('describe')
  expect(of('features describe').options.map(({ name }) => name)).toContain('--node-id')
})

test('older spellings are not offered', () => {
  expect(
    all.find(({ path }) => path === 'cluster cluster-id')!.options.map(({ name }) => name),
  ).not.toContain('--config')
})
