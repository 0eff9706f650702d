import type { Connect } from './context.ts'
import { closest } from './did-you-mean.ts'
import { EXIT, report, SIGNAL_EXIT } from './exit.ts'
import { UsageError } from './failures.ts'
import { rootHelp } from './help.ts'
import type { Io } from './io.ts'
import { findTool, TOOLS, toolOfProgram } from './registry.ts'
import { print, readSwitches, runTool } from './run.ts'
import { VERSION } from './version.ts'

export { endProcess, processIo } from './process-io.ts'

/** What the scripts of `ktool completion` call; not for people. */
const COMPLETE = '__complete'

/** Runs one command line and gives the exit code; `program` is the name ktool was called by. */
export async function main(
  program: string,
  args: readonly string[],
  io: Io,
  connect: Connect = connectCluster,
): Promise<number> {
  const code = await runLine(program, args, io, connect)
  try {
    const signal = await io.flush()
    return signal === null ? code : SIGNAL_EXIT[signal]
  } catch (error) {
    // A failure that the tool itself met has been reported.
    if (code !== EXIT.done && code !== EXIT.notMet) return code
    const failed = report(error, { command: '', args, ...readSwitches(args, io) }, io)
    await io.flush().catch(() => {})
    return failed === EXIT.done ? code : failed
  }
}

async function runLine(program: string, args: readonly string[], io: Io, connect: Connect): Promise<number> {
  if (args[0] === COMPLETE) {
    const { completeLine } = await import('./completion/complete-line.ts')
    return completeLine(toolOfProgram(program), args.slice(1), io, connect)
  }
  const rest = [...args]
  let tool = toolOfProgram(program)
  try {
    if (tool === undefined) {
      const name = takeToolName(rest)
      if (name === '--version' || name === '-V') return print(io, `ktool ${VERSION}\n`)
      if (name === '--help' || name === '-h' || (name === 'help' && rest.length === 0))
        return print(io, rootHelp(TOOLS, io.columns))
      if (name === undefined) throw new UsageError('no tool was named', { hint: 'ktool --help lists them' })
      const wanted = name === 'help' ? rest.shift()! : name
      if (name === 'help') rest.push('--help')
      tool = findTool(wanted)
      if (tool === undefined) throw unknownTool(wanted)
    }
    return await runTool(tool, rest, io, connect)
  } catch (error) {
    return report(error, { command: tool?.name ?? '', args: rest, ...readSwitches(args, io) }, io)
  }
}

/** Takes the tool's name off the arguments; switches may stand before it. */
function takeToolName(args: string[]): string | undefined {
  const at = args.findIndex((arg) => !['--debug', '--no-color', '--compat-exit-codes'].includes(arg))
  return at < 0 ? undefined : args.splice(at, 1)[0]
}

function unknownTool(name: string): UsageError {
  const names = TOOLS.flatMap((tool) => (tool.alias ? [tool.name, tool.alias] : [tool.name]))
  const near = toolOfProgram(name)?.name ?? toolOfClass(name) ?? closest(name, names)
  return new UsageError(`there is no tool '${name}'`, {
    hint: near ? `did you mean ${near}?` : 'ktool --help lists the tools',
  })
}

/** Before there were scripts for them, `kafka-run-class.sh` ran tools by the names of their classes. */
const CLASSES: Readonly<Record<string, string>> = {
  GetOffsetShell: 'get-offsets',
  DumpLogSegments: 'dump-log',
  ConsumerOffsetChecker: 'lag',
}

function toolOfClass(name: string): string | undefined {
  const last = name.split('.').at(-1)!
  return Object.hasOwn(CLASSES, last) ? CLASSES[last] : undefined
}

const connectCluster: Connect = async (options) => {
  const { Cluster } = await import('../client/cluster.ts')
  return Cluster.connect(options)
}
