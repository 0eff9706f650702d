import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Context } from '../context.ts'

/** What shells give back for a program that they cannot start. */
const COULD_NOT_START: Record<string, { readonly exit: number; readonly reason: string }> = {
  ENOENT: { exit: 127, reason: 'is no program that can be found' },
  EACCES: { exit: 126, reason: 'cannot be executed' },
}
/** A shell's exit code for a program that signal number N ended is 128 + N. */
const SIGNALLED = 128

/**
 * Runs the command until it ends, with our streams and what clients need to find the broker in its environment, and
 * gives its exit code as a shell would. Signals that we get are passed on to it.
 */
export async function runCommand(
  [program = '', ...args]: readonly string[],
  bootstrapServers: string,
  context: Context,
): Promise<number> {
  const { io } = context
  const child = spawn(program, args, { stdio: 'inherit', env: environment(io.env, bootstrapServers) })
  const stopPassing = io.onInterrupt((signal) => {
    // At a terminal the kernel has sent Ctrl-C to both of us: twice would be two.
    if (signal === 'SIGINT' && io.isTerminal.in) return
    child.kill(signal)
  })
  const release = context.lifetime.holdUp(() => `'${program}' to end`)
  // After a second interrupt, and when the time for closing is over, the command is not waited for.
  context.onClose(() => child.kill('SIGKILL'))
  try {
    return await ended(child)
  } catch (error) {
    const known = COULD_NOT_START[error instanceof Error && 'code' in error ? String(error.code) : '']
    if (known === undefined) throw error
    context.say(`ktool serve: '${program}' ${known.reason}`)
    return known.exit
  } finally {
    release()
    stopPassing()
  }
}

/** The empty name of a context keeps ktool's tools from the user's current one. */
const environment = (env: Context['io']['env'], bootstrapServers: string) => ({
  ...env,
  KAFKA_BOOTSTRAP_SERVERS: bootstrapServers,
  KTOOL_BOOTSTRAP_SERVERS: bootstrapServers,
  KTOOL_CONTEXT: '',
})

const ended = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      resolve(code ?? SIGNALLED + (signal === null ? 0 : constants.signals[signal]))
    })
  })
