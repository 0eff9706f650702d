import { CommanderError, Option, Command as Parser } from 'commander'

import type { Command } from '../command.ts'
import { closest } from '../did-you-mean.ts'
import { UsageError } from '../failures.ts'
import type { Given, OptionSpec, OptionSpecs } from '../option-spec.ts'
import { BadValue, longName, optionArguments, shortName, takesValue } from '../option-spec.ts'
import { joptArguments } from './jopt-arguments.ts'
import { removedOptionHint } from './removed-options.ts'
import { foundMultiple, sentencesOf, wordBadOption } from './usage-messages.ts'

/** Reads a command line into typed option values, in Kafka's order: what is there, what fits together, what it means. */
export function parseOptions(command: Command, options: OptionSpecs, all: readonly string[]): Parsed {
  const args = command.takesCommand ? optionArguments(all) : all
  const found = findOptions(command, options, args)
  placeWords(command, options, found)
  const given: Given = {
    has: (key) => found.texts.has(key),
    texts: (key) => found.texts.get(key) ?? [],
    order: found.order,
    command: args.length < all.length ? all.slice(args.length + 1) : null,
  }
  checkTogether(command, given, found.nearAction)
  for (const [key, spec] of Object.entries(options)) {
    if (spec.required && !given.has(key)) throw new UsageError(wordRequired(command, spec))
  }
  const values: Record<string, unknown> = {}
  for (const [key, spec] of Object.entries(options)) {
    values[key] = readValue(command, spec, found.texts.get(key), args)
  }
  const notices = Object.entries(options).flatMap(([key, spec]) =>
    spec.deprecated && given.has(key) ? [spec.deprecated] : [],
  )
  return { values, notices, given }
}

export interface Parsed {
  readonly values: Record<string, unknown>
  readonly given: Given
  /** What is to be said about older spellings. */
  readonly notices: readonly string[]
}

/** A slip in the word for the action is told with what is missing then: the word has become a subject. */
function checkTogether(command: Command, given: Given, nearAction: string | undefined): void {
  try {
    command.check?.(given)
  } catch (error) {
    if (!(error instanceof UsageError) || error.hint !== undefined || nearAction === undefined) throw error
    throw new UsageError(error.message, didYouMean(nearAction))
  }
}

interface Found {
  /** For each option that is there the texts given with it; none for one without a value. */
  readonly texts: Map<string, string[]>
  readonly order: string[]
  readonly words: string[]
  /** The action that the first word may have been meant for. */
  nearAction?: string | undefined
}

function findOptions(command: Command, options: OptionSpecs, typed: readonly string[]): Found {
  const args = command.style === 'argparse' ? typed : joptArguments(options, typed)
  const texts = new Map<string, string[]>()
  const order: string[] = []
  const parser = new Parser(command.name)
    .helpOption(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: () => {} })
    .argument('[words...]')
  for (const [key, spec] of Object.entries(options)) {
    if (!isMentioned(spec, args)) continue
    const option = new Option(spec.flags)
    // Commander takes --no-x for the opposite of --x; in Kafka's tools it can be an option of its own.
    if (key.startsWith('no')) option.negate = false
    if (keyOf(option) !== key) {
      throw new Error(
        `the key of ${spec.flags} in ${command.name} is '${key}', and should be '${keyOf(option)}'`,
      )
    }
    parser.addOption(option)
    parser.on(`option:${option.name()}`, (text: string | null | undefined) => {
      order.push(key)
      const sofar = texts.get(key) ?? []
      texts.set(key, typeof text === 'string' ? [...sofar, text] : sofar)
    })
  }
  try {
    parser.parse([...args], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) throw refusal(command, options, error)
    throw error
  }
  return { texts, order, words: [...parser.args] }
}

/** As commander derives it; but here --no-x is an option of its own, and does not negate --x. */
export function keyOf(option: Option): string {
  const name = option.attributeName()
  return option.negate ? `no${name[0]!.toUpperCase()}${name.slice(1)}` : name
}

/** Registering an option costs more than looking for it, and most command lines have three of thirty. */
function isMentioned(spec: OptionSpec, args: readonly string[]): boolean {
  const long = `--${longName(spec)}`
  const letter = shortName(spec)
  return args.some(
    (arg) =>
      arg === long ||
      arg.startsWith(`${long}=`) ||
      (letter !== undefined && SHORT.test(arg) && arg.includes(letter)),
  )
}

/** One letter, or several in one argument, the last perhaps with its value. */
const SHORT = /^-[^-]/

function refusal(command: Command, options: OptionSpecs, error: CommanderError): UsageError {
  const sentences = sentencesOf(command)
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? ''
  if (error.code === 'commander.optionMissingArgument') {
    const spec = Object.values(options).find(({ flags }) => flags === quoted)
    if (spec) return new UsageError(wordBadOption(command, sentences.noArgument(spec)))
  }
  if (error.code === 'commander.unknownOption') {
    const name = quoted.replace(/=.*/s, '')
    const known = Object.values(options).map(longName)
    const bare = name.replace(/^-+/, '')
    const removed = removedOptionHint(bare, known)
    const near = closest(bare, known)
    const hint = removed === undefined ? didYouMean(near && `--${near}`) : { hint: removed }
    return new UsageError(wordBadOption(command, sentences.unknown(name)), hint)
  }
  return new UsageError(error.message.replace(/^error: /, ''))
}

/** Turns `topics create orders` into `--create --topic orders`. */
function placeWords(command: Command, options: OptionSpecs, found: Found): void {
  const { texts, order, words } = found
  const rest = [...words]
  const hasAction = command.words?.some((word) => texts.has(word)) ?? false
  const action = hasAction ? undefined : command.words?.find((key) => longName(options[key]!) === rest[0])
  if (action !== undefined) {
    order.push(action)
    texts.set(action, [])
    rest.shift()
  } else if (!hasAction) found.nearAction = nearWord(command, rest[0])
  for (const subject of subjectsFor(command, options, rest.length)) {
    if (rest.length === 0) break
    const isFree = !texts.has(subject) || options[subject]?.repeatable
    if (!isFree) continue
    order.push(subject)
    texts.set(subject, [...(texts.get(subject) ?? []), rest.shift()!])
  }
  if (rest.length === 0) return
  throw new UsageError(
    `unexpected argument '${rest[0]}'`,
    didYouMean(found.nearAction ?? nearWord(command, rest[0])),
  )
}

/** The action that a word nearly is: it may have been taken for a subject. */
function nearWord(command: Command, word: string | undefined): string | undefined {
  return word === undefined ? undefined : closest(word, command.words ?? [])
}

const didYouMean = (near: string | undefined): { hint?: string } =>
  near === undefined ? {} : { hint: `did you mean ${near}?` }

/** Which option each positional argument fills; an only subject that may be repeated takes them all. */
function subjectsFor({ subjects = [] }: Command, options: OptionSpecs, count: number): readonly string[] {
  const [only, ...others] = subjects
  if (only === undefined || others.length > 0 || !options[only]?.repeatable) return subjects
  return Array.from({ length: count }, () => only)
}

/** jopt-simple's tools check this themselves, so their sentence for it stands alone. */
function wordRequired(command: Command, spec: OptionSpec): string {
  const reason = sentencesOf(command).required(spec)
  return command.style === 'argparse' ? wordBadOption(command, reason) : reason
}

function readValue(
  command: Command,
  spec: OptionSpec,
  texts: string[] | undefined,
  args: readonly string[],
): unknown {
  if (spec.repeatable) return (texts ?? []).map((text) => readText(command, spec, text, args))
  if (texts === undefined) return spec.default ?? (takesValue(spec) === 'never' ? false : undefined)
  if (texts.length > 1 && command.style !== 'argparse') {
    throw new UsageError(wordBadValue(command, foundMultiple(spec), args))
  }
  const text = texts.at(-1)
  return text === undefined ? true : readText(command, spec, text, args)
}

function readText(command: Command, spec: OptionSpec, text: string, args: readonly string[]): unknown {
  try {
    return spec.parse ? spec.parse(text) : text
  } catch (error) {
    if (!(error instanceof BadValue)) throw error
    const reason = error.isWhole ? error.message : sentencesOf(command).badValue(spec, text, error.message)
    const near = Array.isArray(spec.completes) ? closest(text, spec.completes) : undefined
    throw new UsageError(wordBadValue(command, reason, args), didYouMean(near))
  }
}

function wordBadValue(command: Command, reason: string, args: readonly string[]): string {
  if (command.style === 'argparse') return wordBadOption(command, reason)
  return command.failure?.badValue?.(reason, args) ?? reason
}
