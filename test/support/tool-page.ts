// The page of a tool under docs/tools: what its help says, and what did not fit there.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command, CommandGroup, Example } from '../../src/cli/command.ts'
import { lineOf } from '../../src/cli/command.ts'
import { defaultOf, inSections, usage } from '../../src/cli/help.ts'
import type { OptionSpec } from '../../src/cli/option-spec.ts'
import { GLOBAL_OPTIONS, OUTPUT_OPTION } from '../../src/cli/options.ts'
import { TOOLS, type Tool } from '../../src/cli/registry.ts'
import { SUBJECTS } from '../../src/cli/subjects.ts'

const DOCS = resolve(import.meta.dirname, '../../docs')
export const PAGES = resolve(DOCS, 'tools')

const JSON_HEADINGS = [...readFileSync(resolve(DOCS, 'json-fields.md'), 'utf8').matchAll(/^## (.+)$/gm)].map(
  ([, heading]) => heading!,
)

/** File name → text, for every page there is to be. */
export async function toolPages(): Promise<Map<string, string>> {
  const pages = new Map([['README.md', indexPage()]])
  for (const tool of TOOLS) pages.set(`${tool.name}.md`, toolPage(tool, await tool.load()))
  return pages
}

function indexPage(): string {
  const lists = SUBJECTS.flatMap((subject) => {
    const tools = TOOLS.filter((tool) => tool.subject === subject)
    if (tools.length === 0) return []
    return [
      `## ${subject}`,
      '',
      ...tools.map(({ name, summary }) => `- [${name}](${name}.md): ${summary}`),
      '',
    ]
  })
  return page([
    '# The tools',
    '',
    'Written by `npm run docs` from the declarations of the tools.',
    '',
    ...lists,
  ])
}

function toolPage(tool: Tool, command: Command | CommandGroup): string {
  const isMirror = tool.mirrors !== undefined
  const head = [`# ktool ${tool.name}`, '', tool.summary, '', ...standsFor(tool, command)]
  if (!('subcommands' in command)) {
    const parts = commandParts(tool.name, command, { isMirror, level: '##' })
    return page([...head, ...parts, ...commonParts([command])])
  }
  return page([
    ...head,
    ...command.subcommands.flatMap((sub) => [
      `## ktool ${tool.name} ${sub.name}`,
      '',
      sub.summary ?? '',
      '',
      ...commandParts(`${tool.name} ${sub.name}`, sub, { isMirror, level: '###' }),
    ]),
    ...commonParts(command.subcommands),
  ])
}

function standsFor({ mirrors, script: other, alias, name }: Tool, command: Command | CommandGroup): string[] {
  const commands = 'subcommands' in command ? command.subcommands : [command]
  const script = mirrors?.replace(/\.sh$/, '')
  const lines = [
    mirrors
      ? `Stands for \`${mirrors}\` of Apache Kafka 4.3.1: its options and its text are the same. Called through a link named \`${script}\` or \`${mirrors}\`, ktool is this tool.`
      : `One of ktool's own: Apache Kafka has no such tool.`,
    other ? `Called through a link named \`${other}\`, ktool is this tool.` : '',
    alias ? `\`ktool ${alias}\` is the same as \`ktool ${name}\`.` : '',
    commands.some(({ needsKafka }) => needsKafka)
      ? '`ktool serve` cannot answer it yet, or not all of it; Apache Kafka can.'
      : '',
  ]
  return lines.filter((line) => line !== '').flatMap((line) => [line, ''])
}

interface Place {
  readonly isMirror: boolean
  /** The marks of a heading. */
  readonly level: string
}

function commandParts(name: string, command: Command, place: Place): string[] {
  const { level } = place
  return [
    ...block(usage(name, command).replace(/^Usage: /, '')),
    ...wordsPart(name, command),
    ...optionParts(command, place),
    ...outputPart(name, command, level),
    ...hintsPart(command, level),
    `${level} Examples`,
    '',
    ...block(...(command.examples ?? []).map(exampleLine)),
  ]
}

function wordsPart(name: string, { words = [], subjects = [] }: Command): string[] {
  const [word] = words
  if (word === undefined && subjects.length === 0) return []
  const lines = [
    ...(word === undefined ? [] : [`\`ktool ${name} ${word}\` is short for \`ktool ${name} --${word}\`.`]),
    ...subjects.map(
      (subject) => `\`${flagOf(subject).toUpperCase()}\` is the value of \`--${flagOf(subject)}\`.`,
    ),
  ]
  return [lines.join(' '), '']
}

const flagOf = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

function optionParts({ options, formats }: Command, { isMirror, level }: Place): string[] {
  const all: OptionSpec[] = Object.values({ ...options, ...(formats ? OUTPUT_OPTION(formats) : {}) })
  const older = all.filter(({ deprecated }) => deprecated)
  return [
    ...inSections(all.filter(({ deprecated }) => !deprecated)).flatMap(([title, specs]) =>
      optionTable(`${level} ${title}`, specs, isMirror),
    ),
    ...(older.length > 0 ? optionTable(`${level} Deprecated options`, older, isMirror) : []),
  ]
}

const optionTable = (heading: string, specs: readonly OptionSpec[], isMirror: boolean): string[] => [
  heading,
  '',
  '| option | |',
  '| --- | --- |',
  ...specs.map((spec) => `| ${flags(spec)} | ${cell(told(spec, isMirror))} |`),
  '',
]

const flags = (spec: OptionSpec): string => `\`${cell(spec.flags)}\``

const cell = (text: string): string => text.replaceAll('|', '\\|')

function told(spec: OptionSpec, isMirror: boolean): string {
  const fallback = defaultOf(spec)
  const values = Array.isArray(spec.completes) ? (spec.completes as readonly string[]) : []
  return [
    spec.help,
    spec.details ?? '',
    spec.required ? 'Required.' : '',
    spec.repeatable ? 'May be repeated.' : '',
    fallback === undefined ? '' : `Default: \`${fallback}\`.`,
    values.some((value) => !`${spec.help} ${spec.details}`.includes(value))
      ? `One of ${values.map((value) => `\`${value}\``).join(', ')}.`
      : '',
    spec.deprecated ? `It says: “${spec.deprecated.trim()}”` : '',
    spec.own && isMirror ? "Kafka's tool lacks it." : '',
  ]
    .filter((part) => part !== '')
    .map(withoutTags)
    .join(' ')
}

/** Outside of code, what looks like a tag would be one. */
const withoutTags = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;')))
    .join('')

function outputPart(name: string, { formats }: Command, level: string): string[] {
  if (!formats) return []
  const described = JSON_HEADINGS.filter((heading) => heading === name || heading.startsWith(`${name} `))
  const links = described.map((heading) => `[${heading}](../json-fields.md#${anchor(heading)})`)
  return [
    `${level} Output for programs`,
    '',
    `\`-o\` takes ${formats.map((format) => `\`${format}\``).join(', ')}.`,
    ...(links.length > 0 ? [`The fields for programs: ${links.join(', ')}.`] : []),
    '',
  ]
}

/** As GitHub makes it of a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-')

/** What is the same, or nearly so, for every tool and sub-command. */
function commonParts(commands: readonly Command[]): string[] {
  const kafka = [...new Set(commands.map(({ failure }) => failure?.exit ?? 1))].sort()
  const endsOnInterrupt = commands.some((command) => command.endsOnInterrupt)
  const isSame = kafka.length === 1 && kafka[0] === 1
  return [
    ...optionTable('## Options of every tool', Object.values(GLOBAL_OPTIONS), false),
    '## Exit codes',
    '',
    '| code | meaning |',
    '| --- | --- |',
    '| 0 | everything asked for was done |',
    `| 1 | something failed${isSame ? '' : `; ${kafka.join(' or ')} with \`--compat-exit-codes\`, as of Kafka's tool`} |`,
    '| 2 | the command line makes no sense, and nothing was sent; 1 with `--compat-exit-codes` |',
    '| 3 | it worked, but a condition that was asked for does not hold |',
    `| 130, 143, 129 | ended by SIGINT, SIGTERM, SIGHUP${endsOnInterrupt ? ', unless that is the usual end' : ''} |`,
    '',
  ]
}

function hintsPart({ failure }: Command, level: string): string[] {
  const hints = Object.entries(failure?.hints ?? {}).filter(([, hint]) => typeof hint === 'string')
  if (hints.length === 0) return []
  return [`${level} Remedies`, '', ...hints.map(([code, hint]) => `- \`${code}\`: ${hint}.`), '']
}

function exampleLine(example: Example): string {
  const exit = typeof example === 'string' ? undefined : example.exit
  return `ktool ${lineOf(example)}${exit ? `   # exits with ${exit}` : ''}`
}

const block = (...lines: readonly string[]): string[] => ['```', ...lines, '```', '']

const page = (lines: readonly string[]): string => `${lines.join('\n').trimEnd()}\n`
