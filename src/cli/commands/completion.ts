import { defineCommand } from '../command.ts'
import { completionScript, SHELLS, type Shell } from '../completion/scripts.ts'
import { UsageError } from '../failures.ts'
import { BadValue } from '../option-spec.ts'
import { TOOLS } from '../registry.ts'

export const completion = defineCommand({
  name: 'completion',
  options: {
    shell: {
      flags: '--shell <shell>',
      help: 'bash, zsh or fish; that of $SHELL without it.',
      details:
        "To install: bash, `echo 'source <(ktool completion bash)' >> ~/.bashrc`; zsh, `echo 'source <(ktool completion zsh)' >> ~/.zshrc`, below compinit; fish, `ktool completion fish > ~/.config/fish/completions/ktool.fish`.",
      completes: SHELLS,
      parse(text: string): Shell {
        const shell = SHELLS.find((name) => name === text)
        if (shell !== undefined) return shell
        throw new BadValue(`--shell: '${text}' is not one of ${SHELLS.join(', ')}`, { isWhole: true })
      },
    },
  },
  subjects: ['shell'],
  examples: ['completion bash', 'completion zsh > _ktool', 'completion fish > ktool.fish'],
  async run({ shell }, { io }) {
    io.out(completionScript(shell ?? shellOf(io.env.SHELL), TOOLS))
  },
})

function shellOf(path = ''): Shell {
  const name = path.replace(/^.*\//, '')
  const shell = SHELLS.find((each) => each === name)
  if (shell !== undefined) return shell
  throw new UsageError(path === '' ? '$SHELL names no shell' : `there is no completion for '${name}'`, {
    hint: `ktool completion bash, or ${SHELLS.slice(1).join(' or ')}`,
  })
}
