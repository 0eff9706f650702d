import type { Connect } from '../context.ts'
import type { Io } from '../io.ts'
import { escapeName } from '../output/escape.ts'
import { findTool, TOOLS, type Tool } from '../registry.ts'
import { type Candidates, candidatesOf, toolCandidates } from './candidates.ts'
import { findNames } from './names.ts'

const SWITCHES = ['--debug', '--no-color', '--compat-exit-codes']

/**
 * What the scripts of the shells ask: `ktool __complete WORD…`, the last word being the one under the cursor. Answers
 * with `word TAB help` a line; `:file` and `:folder` ask the shell for paths. Whatever goes wrong is not told: the
 * person is in the middle of a line.
 */
export async function completeLine(
  program: Tool | undefined,
  line: readonly string[],
  io: Io,
  connect: Connect,
): Promise<number> {
  const current = line.at(-1) ?? ''
  const words = line.slice(0, -1)
  try {
    const found = await candidatesAt(program, words, current)
    const names = found.names === undefined ? [] : await findNames(found.names, words, io, connect)
    const prefix = found.prefix ?? ''
    const hidden = current === prefix
    const lines = [
      ...found.words.map(({ word, help }) => (help === '' ? word : `${word}\t${help}`)),
      // Names with an underscore in front are Kafka's own, and few mean them.
      ...names.filter((name) => !hidden || !name.startsWith('_')).map((name) => prefix + escapeName(name)),
    ]
    const wanted = lines.filter((text) => text.startsWith(current))
    if (found.paths !== undefined) wanted.push(`:${found.paths}`)
    io.out(wanted.map((text) => `${text}\n`).join(''))
  } catch {
    // Nothing is offered.
  }
  return 0
}

async function candidatesAt(
  program: Tool | undefined,
  words: readonly string[],
  current: string,
): Promise<Candidates> {
  if (program !== undefined) return candidatesOf(await program.load(), words, current)
  const at = words.findIndex((word) => !SWITCHES.includes(word))
  if (at < 0) return toolCandidates(TOOLS)
  if (words[at] === 'help') {
    return words.length === at + 1
      ? { words: toolCandidates(TOOLS).words.filter(({ word }) => findTool(word)) }
      : { words: [] }
  }
  const tool = findTool(words[at]!)
  return tool === undefined ? { words: [] } : candidatesOf(await tool.load(), words.slice(at + 1), current)
}
