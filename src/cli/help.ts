import type { Command, CommandGroup } from './command.ts'
import type { OptionSpec, OptionSpecs } from './option-spec.ts'
import { GLOBAL_OPTIONS } from './options.ts'
import type { Tool } from './registry.ts'

/** What `ktool --help` prints. */
export function rootHelp(tools: readonly Tool[], columns: number): string {
  const row = ({ name, alias, summary }: Tool): [string, string] => [
    alias ? `${name}, ${alias}` : name,
    summary,
  ]
  const mirrored = tools.filter(({ mirrors }) => mirrors !== undefined)
  const own = tools.filter(({ mirrors }) => mirrors === undefined)
  return [
    "ktool: Kafka's command line tools, and a Kafka broker, in one program.",
    '',
    'Usage: ktool TOOL [options]',
    '',
    ...section("Kafka's tools, with Kafka's options", mirrored.map(row), columns),
    ...section("ktool's own", own.map(row), columns),
    'ktool TOOL --help tells more about one of them.',
    '',
  ].join('\n')
}

/** What `ktool TOOL --help` prints for a tool without sub-commands, and for a sub-command. */
export function commandHelp(
  name: string,
  summary: string,
  command: Command,
  options: OptionSpecs,
  columns: number,
): string {
  const words = command.words?.length ? ` [${command.words.join('|')}]` : ''
  const subjects = (command.subjects ?? []).map(
    (subject) => ` [${subject.replace(/[A-Z]/g, '-$&').toUpperCase()}]`,
  )
  const all = Object.values(options)
  const listed = all.filter(({ own }) => !own)
  return [
    summary,
    '',
    `Usage: ktool ${name}${words}${subjects.join('')} [options]`,
    '',
    ...sections(listed, columns),
    ...section("Options that Kafka's tool lacks", all.filter(({ own }) => own).map(optionRow), columns),
    ...(command.examples?.length
      ? ['Examples', ...command.examples.map((line) => `  ktool ${line}`), '']
      : []),
  ].join('\n')
}

/** What `ktool TOOL --help` prints for a tool that is its sub-commands. */
export function groupHelp(name: string, summary: string, group: CommandGroup, columns: number): string {
  const [first, ...others] = group.subcommands
  const shared = Object.entries(first?.options ?? {}).filter(([key]) =>
    others.every(({ options }) => key in options),
  )
  return [
    summary,
    '',
    `Usage: ktool ${name} COMMAND [options]`,
    '',
    ...section(
      'Commands',
      group.subcommands.map((sub) => [sub.name, sub.summary ?? '']),
      columns,
    ),
    ...section(
      'Options of all of them',
      [...shared.map(([, spec]) => spec), GLOBAL_OPTIONS.help].map(optionRow),
      columns,
    ),
    `ktool ${name} COMMAND --help tells more about one of them.`,
    '',
  ].join('\n')
}

/** Options under their headings, those without one last. */
function sections(listed: readonly OptionSpec[], columns: number): string[] {
  const titles = new Set(listed.flatMap((spec) => spec.section ?? []))
  const rest = titles.size === 0 ? 'Options' : 'Other options'
  return [...titles, undefined].flatMap((title) =>
    section(title ?? rest, listed.filter((spec) => spec.section === title).map(optionRow), columns),
  )
}

function optionRow(spec: OptionSpec): [string, string] {
  const notes = [
    spec.required ? 'Required.' : '',
    spec.repeatable ? 'May be repeated.' : '',
    spec.deprecated ? 'Deprecated.' : '',
    spec.default === undefined || spec.default === '' ? '' : `(default: ${String(spec.default)})`,
  ]
  return [
    spec.flags.startsWith('--') ? `    ${spec.flags}` : spec.flags,
    [spec.help, ...notes].filter(Boolean).join(' '),
  ]
}

function section(title: string, rows: readonly (readonly [string, string])[], columns: number): string[] {
  if (rows.length === 0) return []
  const width = Math.min(34, Math.max(...rows.map(([left]) => left.length)))
  const lines = rows.flatMap(([left, right]) => {
    const [head = '', ...rest] = wrap(right, Math.max(30, columns - width - 4))
    const indent = ' '.repeat(width + 4)
    const first = left.length > width ? [`  ${left}`, indent + head] : [`  ${left.padEnd(width)}  ${head}`]
    return [...first, ...rest.map((line) => indent + line)]
  })
  return [title, ...lines.map((line) => line.trimEnd()), '']
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
