// Command lines of every tool that talks to a cluster: the tools' own examples, so that a new tool is among them as well.
import type { Command, CommandGroup } from '../../src/cli/command.ts'
import { lineOf } from '../../src/cli/command.ts'
import { TOOLS } from '../../src/cli/registry.ts'
import { plainWords } from './plain-words.ts'

/** Tools that take the option and ask nobody: argparse4j has it for all commands of a tool, and contexts keep it. */
const ASK_NOBODY = /^(context|features (version-mapping|feature-dependencies))\b/

export interface CommandLine {
  readonly name: string
  readonly args: readonly string[]
  /** Kafka's exit code for a failure. */
  readonly kafkaExit: number
}

/** One command line for each tool and sub-command that talks to a cluster. */
export async function commandLines(): Promise<CommandLine[]> {
  const loaded = await Promise.all(TOOLS.map(async ({ name, load }) => linesOf(name, await load())))
  return loaded.flat()
}

function linesOf(name: string, tool: Command | CommandGroup): CommandLine[] {
  if ('subcommands' in tool) return tool.subcommands.flatMap((sub) => linesOf(`${name} ${sub.name}`, sub))
  if (!('bootstrapServer' in tool.options) || ASK_NOBODY.test(name)) return []
  const line = (tool.examples ?? []).map(lineOf).find((example) => !/[|&;]/.test(example))
  if (line === undefined) throw new Error(`no example of ${name} is a plain command line`)
  return [
    {
      name,
      args: plainWords(line).filter((word) => word !== '--dry-run'),
      kafkaExit: tool.failure?.exit ?? 1,
    },
  ]
}
