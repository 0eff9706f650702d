import { expect, test } from 'vitest'
import { completionScript } from '../../../src/cli/completion/scripts.ts'
import { TOOLS } from '../../../src/cli/registry.ts'

// `npm run completions` runs this file with --update, which writes what is compared here.
test.each([
  ['ktool.bash', 'bash'],
  ['_ktool', 'zsh'],
  ['ktool.fish', 'fish'],
] as const)('completions/%s is what `ktool completion` prints', async (file, shell) => {
  await expect(completionScript(shell, TOOLS)).toMatchFileSnapshot(`../../../completions/${file}`)
})
