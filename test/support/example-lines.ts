// The examples of help texts and of the README, as tests run them.
import { readFileSync } from 'node:fs'
import type { Command, CommandGroup, Example } from '../../src/cli/command.ts'
import { TOOLS } from '../../src/cli/registry.ts'
import { README } from './readme.ts'

export interface ExampleLine {
  readonly tool: string
  /** As it stands in the help, with the `ktool` before it. */
  readonly line: string
  readonly exit: number
  readonly goesOn: boolean
  readonly needsKafka: boolean
}

/** Every example that a tool declares. */
export async function exampleLines(): Promise<ExampleLine[]> {
  const loaded = await Promise.all(TOOLS.map(async ({ name, load }) => linesOf(name, await load())))
  return loaded.flat()
}

function linesOf(tool: string, command: Command | CommandGroup): ExampleLine[] {
  if ('subcommands' in command) return command.subcommands.flatMap((sub) => linesOf(tool, sub))
  return (command.examples ?? []).map((example) => ({
    tool,
    ...detailsOf(example),
    needsKafka: command.needsKafka ?? false,
  }))
}

function detailsOf(example: Example): Pick<ExampleLine, 'line' | 'exit' | 'goesOn'> {
  const { line, exit = 0, goesOn = false } = typeof example === 'string' ? { line: example } : example
  return { line: `ktool ${line}`, exit, goesOn }
}

/** The block below the README's heading of examples. */
export function readmeExamples(): string[] {
  const [, block = ''] = /\n## Ten examples\n+```\n([\s\S]*?)```/.exec(readFileSync(README, 'utf8')) ?? []
  return block.split('\n').filter(Boolean)
}
