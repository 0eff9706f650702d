// Completion as a person meets it: installed by the line that the README gives, in real shells, with a broker to ask.
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { describeWith } from '../support/describe-with.ts'
import { placeEnvironment, withPlace } from '../support/example-place.ts'
import { type ProgramResult, runProgram } from '../support/run-program.ts'

const ZSH_DRIVER = resolve(import.meta.dirname, '../support/complete-in.zsh')

type Run = (program: string, args: readonly string[]) => Promise<ProgramResult>

/** Asks a shell, in a working folder, what it offers at the end of a line. */
type Complete = (line: string, run: Run, folder: string) => Promise<ProgramResult>

/** What a terminal would call: the function that is registered for the program. */
const BASH = `
source <(ktool completion bash)
COMP_LINE=$1 COMP_POINT=\${#1}
read -ra COMP_WORDS <<<"$1"
registered=$(complete -p "\${COMP_WORDS[0]}") || exit
[[ $registered =~ -F\\ ([^ ]+) ]] && "\${BASH_REMATCH[1]}" "\${COMP_WORDS[0]}"
printf '%s\\n' "\${COMPREPLY[@]}"
`

const SHELLS: Readonly<Record<'bash' | 'zsh' | 'fish', Complete>> = {
  bash: (line, run) => run('bash', ['--norc', '--noprofile', '-c', BASH, 'bash', line]),
  zsh: (line, run, folder) => run('zsh', ['-f', ZSH_DRIVER, line, join(folder, 'hits')]),
  fish: (line, run) =>
    run('fish', ['--no-config', '-c', 'ktool completion fish | source; complete -C $argv', line]),
}

/** A line, and what is offered: all there is, or some of it. */
const CASES: readonly (readonly [line: string, offered: readonly string[], isAll: boolean])[] = [
  ['ktool console-p', ['console-producer'], true],
  ['ktool topics ', ['create', 'delete', 'describe', 'list'], false],
  ['ktool topics --under-r', ['--under-replicated-partitions'], true],
  ['ktool features describe --node', ['--node-id'], true],
  ['ktool lag -o prom', ['prometheus'], true],
  ['ktool topics --describe --topic or', ['orders'], true],
  ['ktool topics describe pay', ['payments'], true],
  ['ktool consumer-groups --group bil', ['billing'], true],
  ['ktool console-consumer -b {servers} -t or', ['orders'], true],
  ['ktool delete-records offs', ['offsets.json'], true],
  ['kafka-topics.sh --under-r', ['--under-replicated-partitions'], true],
  ['kafka-topics --topic or', ['orders'], true],
]

for (const [shell, complete] of Object.entries(SHELLS)) {
  describeWith([shell as keyof typeof SHELLS], shell, () => {
    test.each(CASES)('%s', (line, offered, isAll) =>
      withPlace(async (place) => {
        const env = { ...placeEnvironment(place), KTOOL_COMPLETION_TIMEOUT_MS: '20000', TERM: 'dumb' }
        const run: Run = (program, args) => runProgram(program, args, { cwd: place.folder, env })
        const typed = line.replace('{servers}', place.bootstrapServers)
        const { code, stdout, stderr } = await complete(typed, run, place.folder)
        const words = stdout
          .toString()
          .split('\n')
          .filter(Boolean)
          .map((text) => text.split('\t')[0]!.trim())
        expect(code, stderr).toBe(0)
        if (isAll) expect(words, stderr).toEqual([...offered])
        else expect(words, stderr).toEqual(expect.arrayContaining([...offered]))
      }),
    )
  })
}
