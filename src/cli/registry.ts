import type { Command, CommandGroup } from './command.ts'

/** A tool as help, completions and the README know it; its code is loaded when it runs. */
export interface Tool {
  readonly name: string
  /** The script of Kafka's that it stands for; none for ktool's own tools. */
  readonly mirrors?: string
  readonly alias?: string
  readonly summary: string
  readonly load: () => Promise<Command | CommandGroup>
}

export const TOOLS: readonly Tool[] = []

export function findTool(name: string): Tool | undefined {
  return TOOLS.find((tool) => tool.name === name || tool.alias === name)
}

/** The tool that a program is called as: a link named kafka-topics or kafka-topics.sh is `topics`. */
export function toolOfProgram(path: string): Tool | undefined {
  const program = path.replace(/^.*[/\\]/, '').replace(/\.(sh|bat|js)$/, '')
  return TOOLS.find(({ mirrors }) => mirrors !== undefined && mirrors.replace(/\.sh$/, '') === program)
}
