import { onMissingBinary } from '../bytes/native.ts'
import type { Command, CommandGroup } from './command.ts'
import type { Connect } from './context.ts'
import { Context } from './context.ts'
import { closest } from './did-you-mean.ts'
import type { Situation } from './exit.ts'
import { EXIT, report } from './exit.ts'
import { UsageError } from './failures.ts'
import type { Title } from './help.ts'
import { commandHelp, groupHelp } from './help.ts'
import type { Io } from './io.ts'
import type { OptionSpecs } from './option-spec.ts'
import { longName, optionArguments, shortName, takesValue } from './option-spec.ts'
import { GLOBAL_OPTIONS, OUTPUT_OPTION } from './options.ts'
import type { Format } from './output/listing.ts'
import { terminalIo } from './output/terminal-io.ts'
import { wordBadOption } from './parsing/usage-messages.ts'
import type { Tool } from './registry.ts'
import { runToEnd } from './run-to-end.ts'
import { VERSION } from './version.ts'

/** Runs a tool, or prints its help. */
export async function runTool(tool: Tool, args: string[], io: Io, connect: Connect): Promise<number> {
  if (optionArguments(args).includes('--version')) return print(io, `ktool ${VERSION}\n`)
  const loaded = await tool.load()
  const { name, summary } = tool
  const title: Title = { name, summary, isMirror: tool.mirrors !== undefined }
  if (!('subcommands' in loaded)) return runCommand(title, loaded, args, io, connect)
  const rest = [...args]
  const at = findSubcommand(loaded, rest)
  if (at < 0 && isHelp(rest)) return print(io, groupHelp(title, loaded, io.columns))
  if (at < 0) {
    const hint = `ktool ${name} --help lists the commands`
    throw new UsageError(wordBadOption(loaded, 'too few arguments'), { hint })
  }
  const [word] = rest.splice(at, 1)
  const command = loaded.subcommands.find((sub) => sub.name === word)
  if (command === undefined) throw unknownSubcommand(loaded, word!)
  const ofCommand = { ...title, name: `${name} ${command.name}`, summary: command.summary ?? '' }
  return runCommand(ofCommand, command, rest, io, connect)
}

/** Where the sub-command stands: the first argument that is neither an option nor the value of one. */
function findSubcommand({ subcommands }: CommandGroup, args: readonly string[]): number {
  const specs = subcommands.flatMap((sub) => Object.values(optionsOf(sub)))
  const valued = new Set(
    specs
      .filter((spec) => takesValue(spec) === 'always')
      .flatMap((spec) => [`--${longName(spec)}`, ...(shortName(spec) ? [`-${shortName(spec)}`] : [])]),
  )
  for (let at = 0; at < args.length; at++) {
    if (valued.has(args[at]!)) at++
    else if (!args[at]!.startsWith('-')) return at
  }
  return -1
}

function unknownSubcommand(group: CommandGroup, name: string): UsageError {
  const names = group.subcommands.map((sub) => sub.name)
  const near = closest(name, names)
  const choices = names.map((choice) => `'${choice}'`).join(', ')
  const hint = near ? `did you mean ${near}?` : `ktool ${group.name} --help lists the commands`
  return new UsageError(wordBadOption(group, `invalid choice: '${name}' (choose from ${choices})`), { hint })
}

async function runCommand(
  title: Title,
  command: Command,
  args: readonly string[],
  streams: Io,
  connect: Connect,
): Promise<number> {
  const options = optionsOf(command)
  if (isHelp(args)) return print(streams, commandHelp(title, command, options, streams.columns))
  const switches = readSwitches(args, streams)
  const io = terminalIo(streams, switches.isJson ? 'json' : 'hex')
  const situation: Situation = {
    command: title.name,
    failure: command.failure,
    isMirror: title.isMirror,
    args,
    ...switches,
  }
  if (switches.debug) onMissingBinary((name, reason) => io.err(missingBinary(name, reason)))
  try {
    const { parseOptions } = await import('./parsing/parse.ts')
    const { values, notices, given } = parseOptions(command, options, args)
    for (const notice of notices) io.err(`${notice}\n`)
    const format = (values.output ?? 'text') as Format
    const context = new Context(io, { args, given, format, color: switches.color, connect })
    return await runToEnd(command, values, context, situation)
  } catch (error) {
    return report(error, situation, io)
  }
}

const missingBinary = (name: string, reason: string): string =>
  `'${name}' cannot be loaded (${reason}): a slower, portable implementation is used instead\n`

function optionsOf(command: Command): OptionSpecs {
  const output = command.formats ? OUTPUT_OPTION(command.formats) : {}
  return { ...command.options, ...output, ...GLOBAL_OPTIONS }
}

export interface Switches {
  readonly isJson: boolean
  readonly debug: boolean
  readonly compat: boolean
  readonly color: boolean
}

/** Read without the parser, since they also decide how its errors are told. */
export function readSwitches(all: readonly string[], io: Io): Switches {
  const args = optionArguments(all)
  const compat = io.env.KTOOL_COMPAT_EXIT
  return {
    isJson: isJson(args),
    debug: args.includes('--debug'),
    compat: args.includes('--compat-exit-codes') || (compat !== undefined && compat !== '' && compat !== '0'),
    color: !args.includes('--no-color') && !io.env.NO_COLOR,
  }
}

function isJson(args: readonly string[]): boolean {
  return args.some((arg, at) => {
    const value =
      /^(?:--output=|-o)(.+)$/s.exec(arg)?.[1] ??
      (arg === '-o' || arg === '--output' ? args[at + 1] : undefined)
    return value === 'json' || value === 'jsonl'
  })
}

const isHelp = (args: readonly string[]): boolean =>
  optionArguments(args).some((arg) => ['--help', '-help', '-h'].includes(arg))

export function print(io: Io, text: string): number {
  io.out(text)
  return EXIT.done
}
