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

export const TOOLS: readonly Tool[] = [
  {
    name: 'topics',
    mirrors: 'kafka-topics.sh',
    summary: 'List, create, describe, extend and delete topics.',
    load: async () => (await import('./commands/topics.ts')).topics,
  },
  {
    name: 'get-offsets',
    mirrors: 'kafka-get-offsets.sh',
    summary: 'Print the offset of each partition at a time: its end, its start, or any moment.',
    load: async () => (await import('./commands/get-offsets.ts')).getOffsets,
  },
  {
    name: 'delete-records',
    mirrors: 'kafka-delete-records.sh',
    summary: 'Delete the records of partitions before an offset.',
    load: async () => (await import('./commands/delete-records.ts')).deleteRecordsTool,
  },
  {
    name: 'dump-log',
    mirrors: 'kafka-dump-log.sh',
    summary: 'Show what is in the files of a log: records, indexes, producer states, snapshots.',
    load: async () => (await import('./commands/dump-log.ts')).dumpLog,
  },
]

export function findTool(name: string): Tool | undefined {
  return TOOLS.find((tool) => tool.name === name || tool.alias === name)
}

/** The tool that a program is called as: a link named kafka-topics or kafka-topics.sh is `topics`. */
export function toolOfProgram(path: string): Tool | undefined {
  const program = path.replace(/^.*[/\\]/, '').replace(/\.(sh|bat|js)$/, '')
  return TOOLS.find(({ mirrors }) => mirrors !== undefined && mirrors.replace(/\.sh$/, '') === program)
}
