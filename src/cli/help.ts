import type { Command, CommandGroup, Example } from './command.ts'
import { lineOf } from './command.ts'
import type { OptionSpec, OptionSpecs } from './option-spec.ts'
import { longName, takesValue } from './option-spec.ts'
import { GLOBAL_OPTIONS, nameOf } from './options.ts'
import type { Tool } from './registry.ts'
import { SUBJECTS } from './subjects.ts'

/** A help that is longer gives up its blank lines. */
const SCREEN_LINES = 50

const MAX_LEFT = 36

/** Below other headings, in this order. */
const LAST_SECTIONS = ['Output', 'Connection']

type Row = readonly [left: string, right: string]

/** What `ktool --help` prints. */
export function rootHelp(tools: readonly Tool[], columns: number): string {
  const row = ({ name, alias, summary }: Tool): Row => [`  ${alias ? `${name}, ${alias}` : name}`, summary]
  const rows = new Map(tools.map((tool) => [tool, row(tool)]))
  const width = widthOf([...rows.values()])
  const bySubject = SUBJECTS.flatMap((subject) => {
    const lines = tools.filter((tool) => tool.subject === subject)
    return section(
      subject,
      lines.map((tool) => rows.get(tool)!),
      width,
      columns,
    )
  })
  return text([
    "ktool: Kafka's command line tools, and a Kafka broker, in one program.",
    '',
    'Usage: ktool TOOL [options]',
    '',
    ...bySubject,
    'ktool TOOL --help tells more about one of them.',
  ])
}

/** What is said of a tool, or of a sub-command, in its first lines. */
export interface Title {
  readonly name: string
  readonly summary: string
  /** Kafka has this tool, too: options that Kafka's lacks are marked. */
  readonly isMirror: boolean
}

/** What `ktool TOOL --help` prints for a tool without sub-commands, and for a sub-command. */
export function commandHelp(title: Title, command: Command, options: OptionSpecs, columns: number): string {
  const roomy = commandLines(title, command, options, columns)
  if (roomy.length <= SCREEN_LINES) return text(roomy)
  return text(roomy.filter((line, at) => line !== '' || at < 4 || roomy[at + 1] === 'Examples'))
}

function commandLines(
  { name, summary, isMirror }: Title,
  command: Command,
  options: OptionSpecs,
  columns: number,
): string[] {
  const own = Object.entries(options).flatMap(([key, spec]) => (key in GLOBAL_OPTIONS ? [] : [spec]))
  const listed = own.filter(({ deprecated, rare }) => !deprecated && !rare)
  return [
    summary,
    '',
    usage(name, command),
    '',
    ...optionSections(listed, isMirror, columns),
    ...names(
      'More options',
      own.filter(({ deprecated, rare }) => rare && !deprecated),
      columns,
    ),
    ...names(
      'Deprecated',
      own.filter(({ deprecated }) => deprecated),
      columns,
    ),
    ...globalOptions(own.length > 0, columns),
    ...legend(listed, isMirror),
    ...exampleLines(command.examples ?? []),
  ]
}

const MAX_PLACES = 4

export function usage(
  name: string,
  { words = [], subjects = [] }: Pick<Command, 'words' | 'subjects'>,
): string {
  const action = words.length > 0 ? ` [${words.map(nameOf).join('|')}]` : ''
  // A long row of positions is an older spelling that nobody should learn.
  const places =
    subjects.length > MAX_PLACES ? [] : subjects.map((subject) => ` [${nameOf(subject).toUpperCase()}]`)
  const start = `Usage: ktool ${name}${action}`
  const rest = `${places.join('')} [options]`
  return start.length + rest.length <= 80 ? start + rest : `${start}\n      ${rest}`
}

/** What `ktool TOOL --help` prints for a tool that is its sub-commands. */
export function groupHelp({ name, summary, isMirror }: Title, group: CommandGroup, columns: number): string {
  const commands = group.subcommands.map((sub): Row => [`  ${sub.name}`, sub.summary ?? ''])
  const shared = sharedOptions(group).filter(({ deprecated, rare }) => !deprecated && !rare)
  return text([
    summary,
    '',
    `Usage: ktool ${name} COMMAND [options]`,
    '',
    ...section('Commands', commands, widthOf(commands), columns),
    ...section(
      'Options of all of them',
      shared.map((spec) => optionRow(spec, isMirror)),
      widthOf(shared.map((spec) => optionRow(spec, isMirror))),
      columns,
    ),
    ...globalOptions(shared.length > 0, columns),
    `ktool ${name} COMMAND --help tells more about one of them.`,
    ...exampleLines(groupExamples(group)),
  ])
}

function sharedOptions({ subcommands: [first, ...others] }: CommandGroup): OptionSpec[] {
  return Object.entries(first?.options ?? {})
    .filter(([key]) => others.every(({ options }) => key in options))
    .map(([, spec]) => spec)
}

/** Three examples: the first of each sub-command, then the second of each, … */
export function groupExamples({ subcommands }: CommandGroup): Example[] {
  const turns = [0, 1, 2].flatMap((turn) => subcommands.flatMap(({ examples = [] }) => examples[turn] ?? []))
  return turns.slice(0, 3)
}

/** Headings with the options under them: those without a heading of their own come behind the tool's, and the shared ones last. */
export function inSections(specs: readonly OptionSpec[]): [title: string, specs: OptionSpec[]][] {
  const titles = [...new Set(specs.flatMap((spec) => spec.section ?? []))]
  const own = titles.filter((title) => !LAST_SECTIONS.includes(title))
  const order = [...own, undefined, ...LAST_SECTIONS]
  return order.flatMap((title): [string, OptionSpec[]][] => {
    const members = specs.filter((spec) => spec.section === title)
    return members.length === 0 ? [] : [[title ?? (own.length > 0 ? 'Other options' : 'Options'), members]]
  })
}

function optionSections(specs: readonly OptionSpec[], isMirror: boolean, columns: number): string[] {
  const width = widthOf(specs.map((spec) => optionRow(spec, isMirror)))
  return inSections(specs).flatMap(([title, members]) =>
    section(
      title,
      members.map((spec) => optionRow(spec, isMirror)),
      width,
      columns,
    ),
  )
}

function optionRow(spec: OptionSpec, isMirror: boolean): Row {
  const mark = spec.own && isMirror ? '+ ' : '  '
  const flags = spec.flags.startsWith('--') ? `    ${spec.flags}` : spec.flags
  const fallback = defaultOf(spec)
  const notes = [
    spec.required ? 'Required.' : '',
    fallback === undefined || isClear(fallback, spec) ? '' : `(default: ${fallback})`,
  ]
  return [
    `${mark}${flags}${spec.repeatable ? ' …' : ''}`,
    [spec.help, ...notes].filter((part) => part !== '').join(' '),
  ]
}

/** The first of a list is what is taken, -1 is none, and the class names of Kafka are too long for this place. */
const isClear = (fallback: string, { completes }: OptionSpec): boolean =>
  fallback === '-1' || fallback.length > 16 || (Array.isArray(completes) && completes[0] === fallback)

/** The value that an option has when it is left out, if that is worth a word. */
export function defaultOf(spec: OptionSpec): string | undefined {
  if (spec.default === undefined || takesValue(spec) === 'never') return undefined
  const value = String(spec.default)
  return value === '' ? undefined : value
}

/** In a line behind others; where there are no others, they are listed as what they are. */
function globalOptions(areOthers: boolean, columns: number): string[] {
  const specs = Object.values(GLOBAL_OPTIONS)
  return areOthers
    ? names('In every tool', specs, columns)
    : optionSections(specs, false, columns).slice(0, -1)
}

function names(title: string, specs: readonly OptionSpec[], columns: number): string[] {
  if (specs.length === 0) return []
  return wrap(`${title}: ${specs.map((spec) => `--${longName(spec)}`).join(', ')}`, columns).map(
    (line, at) => (at === 0 ? line : `  ${line}`),
  )
}

function legend(specs: readonly OptionSpec[], isMirror: boolean): string[] {
  const marks = [
    ...(isMirror && specs.some(({ own }) => own) ? ["+ Kafka's tool lacks it"] : []),
    ...(specs.some(({ repeatable }) => repeatable) ? ['… may be repeated'] : []),
  ]
  return marks.length === 0 ? [] : [marks.join(', ')]
}

function exampleLines(examples: readonly Example[]): string[] {
  return examples.length === 0
    ? []
    : ['', 'Examples', ...examples.map((example) => `  ktool ${lineOf(example)}`)]
}

const widthOf = (rows: readonly Row[]): number =>
  Math.min(MAX_LEFT, Math.max(0, ...rows.map(([left]) => left.length)))

function section(title: string, rows: readonly Row[], width: number, columns: number): string[] {
  if (rows.length === 0) return []
  const lines = rows.flatMap(([left, right]) => {
    // What is a little too long for its column shares the line if that does.
    if (left.length > width && left.length + 2 + right.length <= columns) return [`${left}  ${right}`]
    const [head = '', ...rest] = wrap(right, Math.max(30, columns - width - 2))
    const indent = ' '.repeat(width + 2)
    const first = left.length > width ? [left, indent + head] : [`${left.padEnd(width)}  ${head}`]
    return [...first, ...rest.map((line) => indent + line)]
  })
  return [title, ...lines.map((line) => line.trimEnd()), '']
}

function wrap(words: string, width: number): string[] {
  const lines: string[] = []
  for (const word of words.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`
