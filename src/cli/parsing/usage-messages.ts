import type { Command } from '../command.ts'
import type { OptionSpec } from '../option-spec.ts'
import { longName, shortName } from '../option-spec.ts'

// Kafka parses its command lines with two libraries, jopt-simple and (the tools with sub-commands) argparse4j.
// Scripts match their sentences, so each tool has those of its own.

interface Sentences {
  unknown(name: string): string
  noArgument(spec: OptionSpec): string
  required(spec: OptionSpec): string
  badValue(spec: OptionSpec, text: string, reason: string): string
}

const JOPT: Sentences = {
  unknown: (name) => `${name.replace(/^-+/, '')} is not a recognized option`,
  noArgument: (spec) => `Option ${joptName(spec)} requires an argument`,
  required: (spec) => `Missing required argument "[${longName(spec)}]"`,
  badValue: (spec, text) => `Cannot parse argument '${text}' of option ${joptName(spec)}`,
}

const ARGPARSE: Sentences = {
  unknown: (name) => `unrecognized arguments: '${name}'`,
  noArgument: (spec) => `argument ${argparseName(spec)}: expected one argument`,
  required: (spec) => `argument ${argparseName(spec)} is required`,
  badValue: (spec, _text, reason) => `argument ${argparseName(spec)}: ${reason}`,
}

export function sentencesOf(command: Pick<Command, 'style'>): Sentences {
  return command.style === 'argparse' ? ARGPARSE : JOPT
}

/** A parser's reason as the tool words it. */
export function wordBadOption(command: Pick<Command, 'style' | 'failure'>, reason: string): string {
  if (command.failure?.badOption) return command.failure.badOption(reason)
  return command.style === 'argparse' ? `error: ${reason}` : reason
}

/** What jopt-simple says when an option that is read once was given twice. */
export const foundMultiple = (spec: OptionSpec): string =>
  `Found multiple arguments for option ${joptName(spec)}, but you asked for only one`

const joptName = longName

function argparseName(spec: OptionSpec): string {
  const letter = shortName(spec)
  return letter === undefined ? `--${longName(spec)}` : `--${longName(spec)}/-${letter}`
}
