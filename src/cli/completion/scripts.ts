import { linkNamesOf, type Tool } from '../registry.ts'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** What a shell reads to complete ktool's command lines, and those of links with the names of Kafka's tools. */
export function completionScript(shell: Shell, tools: readonly Tool[]): string {
  const links = tools.flatMap(linkNamesOf)
  return SCRIPTS[shell](['ktool', ...links].join(' '))
}

const SCRIPTS: Readonly<Record<Shell, (programs: string) => string>> = {
  bash: (programs) => `# Completion of ktool for bash; \`ktool completion bash\` prints it.

# bash splits words at = and : as well; ktool is asked about those that blanks make.
_ktool() {
  local line=\${COMP_LINE:0:COMP_POINT} current prefix word help path
  local -a words
  read -ra words <<<"$line"
  if [[ $line == *[[:blank:]] ]]; then words+=(''); fi
  current=\${words[\${#words[@]} - 1]}
  prefix=\${current%"\${current##*[=:]}"}
  COMPREPLY=()
  while IFS=$'\\t' read -r word help; do
    case $word in
      :file | :folder)
        compopt -o filenames 2>/dev/null
        while IFS= read -r path; do COMPREPLY+=("$path"); done < <(
          if [[ $word == :file ]]; then compgen -f -- "\${current#"$prefix"}"; else compgen -d -- "\${current#"$prefix"}"; fi
        )
        ;;
      *) COMPREPLY+=("\${word#"$prefix"}") ;;
    esac
  done < <("\${words[0]/#\\~/$HOME}" __complete "\${words[@]:1}" 2>/dev/null)
}
complete -F _ktool ${programs}
`,

  zsh: (programs) => `#compdef ${programs}
# Completion of ktool for zsh; \`ktool completion zsh\` prints it.

_ktool() {
  local line word help paths=''
  local -a described
  for line in "\${(@f)$(\${(Q)\${~words[1]}} __complete "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}"; do
    word=\${line%%$'\\t'*}
    help=\${line#*$'\\t'}
    case $word in
      '') ;;
      :file | :folder) paths=$word ;;
      "$line") described+=("\${word//:/\\\\:}") ;;
      *) described+=("\${word//:/\\\\:}:$help") ;;
    esac
  done
  if (( $#described )); then _describe -V ktool described; fi
  if [[ -n $paths ]]; then
    compset -P '--*='
    if [[ $paths == :file ]]; then _files; else _files -/; fi
  fi
}

if [[ $funcstack[1] == _ktool ]]; then _ktool "$@"; else compdef _ktool ${programs}; fi
`,

  fish: (programs) => `# Completion of ktool for fish; \`ktool completion fish\` prints it.

function __ktool_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] __complete $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case ':file'
                __fish_complete_path "$current"
            case ':folder'
                __fish_complete_directories "$current" ''
            case '*'
                printf '%s\\n' $line
        end
    end
end

for program in ${programs}
    complete -c $program -f -a '(__ktool_complete)'
end
`,
}
