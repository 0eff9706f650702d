import type { Command, CommandGroup } from '../command.ts'
import type { OptionSpec, OptionSpecs } from '../option-spec.ts'
import { longName, shortName, takesValue } from '../option-spec.ts'
import { GLOBAL_OPTIONS, OUTPUT_OPTION } from '../options.ts'
import type { Tool } from '../registry.ts'
import { completesOf, type NameKind } from './completes.ts'

export interface Candidate {
  readonly word: string
  readonly help: string
}

/** What may stand where the cursor is: words that are known, and what else has to be looked for. */
export interface Candidates {
  readonly words: readonly Candidate[]
  /** Names that a cluster or a configuration holds. */
  readonly names?: NameKind
  /** Files or folders, which a shell finds better. */
  readonly paths?: 'file' | 'folder'
  /** Stands before every name and path in the word that is completed: `--topic=`. */
  readonly prefix?: string
}

const NOTHING: Candidates = { words: [] }

/** The tools, as the first word. */
export const toolCandidates = (tools: readonly Tool[]): Candidates => ({
  words: [
    ...tools.flatMap(({ name, alias, summary }) =>
      [name, ...(alias ? [alias] : [])].map((word) => ({ word, help: summary })),
    ),
    { word: 'help', help: 'Tell about a tool.' },
    { word: '--help', help: GLOBAL_OPTIONS.help.help },
    { word: '--version', help: GLOBAL_OPTIONS.version.help },
  ],
})

/** What can follow the name of a tool; `words` are those before the one that is completed. */
export function candidatesOf(
  command: Command | CommandGroup,
  words: readonly string[],
  current: string,
): Candidates {
  if (!('subcommands' in command)) return afterCommand(command, words, current)
  for (const [at, word] of words.entries()) {
    const sub = command.subcommands.find(({ name }) => name === word)
    if (sub) return afterCommand(sub, [...words.slice(0, at), ...words.slice(at + 1)], current)
  }
  const commands = command.subcommands.map(({ name, summary = '' }) => ({ word: name, help: summary }))
  return { words: current.startsWith('-') ? optionWords(GLOBAL_OPTIONS) : commands }
}

function afterCommand(command: Command, words: readonly string[], current: string): Candidates {
  const { formats, subjects = [] } = command
  const options: OptionSpecs = {
    ...command.options,
    ...(formats ? OUTPUT_OPTION(formats) : {}),
    ...GLOBAL_OPTIONS,
  }
  if (words.includes('--')) return { words: [], paths: 'file' }
  const assigned = /^(--[^=]+=)/.exec(current)?.[1]
  if (assigned !== undefined) {
    const spec = findOption(options, assigned.slice(0, -1))
    return spec === undefined ? NOTHING : { ...valueCandidates(spec, assigned), prefix: assigned }
  }
  if (current.startsWith('-')) return { words: optionWords(options) }
  const previous = findOption(options, words.at(-1) ?? '')
  if (previous !== undefined && takesValue(previous) !== 'never') return valueCandidates(previous)
  const isFirst = words.length === 0
  if (isFirst && command.words?.length) {
    return {
      words: command.words.map((word) => ({ word: longName(options[word]!), help: options[word]!.help })),
    }
  }
  const [subject] = subjects
  return subject === undefined ? { words: optionWords(options) } : valueCandidates(options[subject]!)
}

function findOption(options: OptionSpecs, word: string): OptionSpec | undefined {
  if (!word.startsWith('-')) return undefined
  return Object.values(options).find(
    (spec) => word === `--${longName(spec)}` || word === `-${shortName(spec)}`,
  )
}

function valueCandidates(spec: OptionSpec, prefix = ''): Candidates {
  const completes = completesOf(spec)
  if (completes === undefined) return NOTHING
  if (completes === 'file' || completes === 'folder') return { words: [], paths: completes }
  if (typeof completes === 'string') return { words: [], names: completes }
  return { words: completes.map((value) => ({ word: prefix + value, help: '' })) }
}

/** Older spellings are not offered. */
const optionWords = (options: OptionSpecs): Candidate[] =>
  Object.values(options)
    .filter(({ deprecated }) => deprecated === undefined)
    .map((spec) => ({ word: `--${longName(spec)}`, help: spec.help }))
