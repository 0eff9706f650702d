import type { Command, CommandGroup } from './command.ts'
import type { OptionSpec } from './option-spec.ts'
import { longName, takesValue } from './option-spec.ts'
import { GLOBAL_OPTIONS, OUTPUT_OPTION } from './options.ts'
import type { Tool } from './registry.ts'

/** What can follow `ktool TOOL`, or `ktool TOOL COMMAND`. */
export interface Completable {
  /** `topics`, `features describe`. */
  readonly path: string
  readonly summary: string
  readonly words: readonly { readonly word: string; readonly help: string }[]
  readonly options: readonly { readonly name: string; readonly help: string; readonly takesValue: boolean }[]
}

/** Loads the tools and tells what can be typed after each of them. */
export async function completables(tools: readonly Tool[]): Promise<Completable[]> {
  const loaded = await Promise.all(tools.map(async (tool) => ({ tool, command: await tool.load() })))
  return loaded.flatMap(({ tool, command }) =>
    [tool.name, ...(tool.alias ? [tool.alias] : [])].flatMap((name) => ofTool(name, tool, command)),
  )
}

function ofTool(name: string, tool: Tool, command: Command | CommandGroup): Completable[] {
  if (!('subcommands' in command)) return [ofCommand(name, tool.summary, command)]
  const words = command.subcommands.map((sub) => ({ word: sub.name, help: sub.summary ?? '' }))
  const group = { path: name, summary: tool.summary, words, options: [] }
  return [
    group,
    ...command.subcommands.map((sub) => ofCommand(`${name} ${sub.name}`, sub.summary ?? '', sub)),
  ]
}

function ofCommand(path: string, summary: string, { options, words = [], formats }: Command): Completable {
  const specs = Object.values({ ...options, ...(formats ? OUTPUT_OPTION(formats) : {}), ...GLOBAL_OPTIONS })
  return {
    path,
    summary,
    words: words.map((word) => ({ word, help: options[word]!.help })),
    options: specs.filter(isCurrent).map((spec) => ({
      name: `--${longName(spec)}`,
      help: spec.help,
      takesValue: takesValue(spec) !== 'never',
    })),
  }
}

const isCurrent = (spec: OptionSpec): boolean => spec.deprecated === undefined

const HEADER = '# Written by `npm run completions` from the declarations of the tools.'

/** For ~/.local/share/bash-completion/completions/ktool. */
export function bashCompletion(all: readonly Completable[]): string {
  const cases = all.map(({ path, words, options }) => {
    const choices = [...words.map(({ word }) => word), ...options.map(({ name }) => name)].join(' ')
    return `    '${path}') choices='${choices}' ;;`
  })
  const valued = new Set(
    all.flatMap(({ options }) => options.filter((option) => option.takesValue).map(({ name }) => name)),
  )
  return `${HEADER}
_ktool() {
  local current=\${COMP_WORDS[COMP_CWORD]} path=\${COMP_WORDS[1]} choices=''
  COMPREPLY=()
  case \${COMP_WORDS[COMP_CWORD-1]} in
    ${[...valued].sort().join('|')}) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  if [[ $COMP_CWORD -gt 2 && '${groupPaths(all).join(' ')}' == *"$path \${COMP_WORDS[2]}"* ]]; then path="$path \${COMP_WORDS[2]}"; fi
  [[ $COMP_CWORD -eq 1 ]] && path=''
  case $path in
    '') choices='${toolNames(all).join(' ')} --help --version' ;;
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$choices" -- "$current"))
}
complete -F _ktool ktool
`
}

/** For a folder of $fpath, as _ktool. */
export function zshCompletion(all: readonly Completable[]): string {
  const described = (name: string, help: string) => `'${name}:${quote(help).replaceAll(':', '\\:')}'`
  const cases = all.map(({ path, words, options }) => {
    const choices = [
      ...words.map(({ word, help }) => described(word, help)),
      ...options.map(({ name, help }) => described(name, help)),
    ]
    return `    '${path}') choices=(${choices.join(' ')}) ;;`
  })
  const tools = all
    .filter(({ path }) => !path.includes(' '))
    .map(({ path, summary }) => described(path, summary))
  return `#compdef ktool
${HEADER}
_ktool() {
  local -a choices
  local path_=$words[2]
  if (( CURRENT > 3 )) && [[ ' ${groupPaths(all).join(' , ')} ' == *" $path_ $words[3] "* ]]; then path_="$path_ $words[3]"; fi
  (( CURRENT == 2 )) && path_=''
  case $path_ in
    '') choices=(${tools.join(' ')}) ;;
${cases.join('\n')}
  esac
  _describe 'ktool' choices || _files
}
_ktool "$@"
`
}

/** For ~/.config/fish/completions/ktool.fish. */
export function fishCompletion(all: readonly Completable[]): string {
  const lines = all.flatMap(({ path, summary, words, options }) => {
    const seen = path
      .split(' ')
      .map((word) => `__fish_seen_subcommand_from ${word}`)
      .join('; and ')
    const tool = path.includes(' ')
      ? []
      : [`complete -c ktool -n __fish_use_subcommand -f -a ${path} -d '${quote(summary)}'`]
    return [
      ...tool,
      ...words.map(({ word, help }) => `complete -c ktool -n '${seen}' -a ${word} -d '${quote(help)}'`),
      ...options.map(
        ({ name, help, takesValue: isValued }) =>
          `complete -c ktool -n '${seen}' -l ${name.slice(2)}${isValued ? ' -r' : ''} -d '${quote(help)}'`,
      ),
    ]
  })
  return `${HEADER}\n${lines.join('\n')}\n`
}

const toolNames = (all: readonly Completable[]): string[] =>
  all.filter(({ path }) => !path.includes(' ')).map(({ path }) => path)

const groupPaths = (all: readonly Completable[]): string[] =>
  all.filter(({ path }) => path.includes(' ')).map(({ path }) => path)

/** Within single quotes of any of the three shells. */
const quote = (text: string): string => text.replaceAll("'", '’')
