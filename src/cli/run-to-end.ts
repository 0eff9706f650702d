import type { Command } from './command.ts'
import type { Context } from './context.ts'
import { exitCode, report, SIGNAL_EXIT, type Situation } from './exit.ts'
import type { EndingSignal } from './io.ts'

/** How long a tool that was interrupted may take to end. */
const MOST_MS = 4700
/** What is closed then is files and connections: nothing that waits for others. */
const CLOSE_MS = 300

/**
 * Runs a tool and closes what it opened. A signal ends what it waits for: a tool that `endsOnInterrupt` may still finish
 * what it has begun, any other is left as it stands. Both have the time for closing, and a second signal ends that.
 */
export async function runToEnd(
  command: Command,
  values: Record<string, unknown>,
  context: Context,
  situation: Situation,
): Promise<number> {
  const { io, lifetime } = context
  let signal: EndingSignal | null = null
  let isAbandoned = false
  const left = new Resolvable()
  const over = new Resolvable()
  const stopListening = io.onInterrupt((received) => {
    // The line about a slow close has announced that one signal is enough.
    const isImpatient = signal !== null || lifetime.isAnnounced
    signal ??= received
    isAbandoned = isImpatient || !command.endsOnInterrupt
    if (isImpatient) return over.resolve()
    // Also a tool that names nothing is announced when it takes long.
    lifetime.holdUp(() => '')
    context.interrupt()
    if (isAbandoned) left.resolve()
    over.resolveAfter(MOST_MS)
  })
  const run = async (): Promise<number> => {
    try {
      return exitCode((await command.run(values, context)) ?? ended(), situation)
    } catch (error) {
      if (isAbandoned || isInterruption(error)) return ended() ?? 0
      const code = report(error, { ...situation, server: context.serverOf(error) }, io)
      return ended() ?? code
    }
  }
  const ended = (): number | undefined => (signal === null ? undefined : SIGNAL_EXIT[signal])
  try {
    const code = await Promise.race([run(), left.promise, over.promise])
    await Promise.race([context.close(), over.promise.then(() => pause(CLOSE_MS))])
    // A tool whose normal end is an interrupt has returned a code of its own.
    return code ?? ended() ?? 0
  } finally {
    over.cancel()
    stopListening()
  }
}

const pause = (delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, delayMs)
  })

/** Known by its name: the client is loaded by those who need it. */
const isInterruption = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'Interrupted' || isInterruption(error.cause))

class Resolvable {
  readonly promise: Promise<void>
  resolve = (): void => {}
  #timer: NodeJS.Timeout | undefined

  constructor() {
    this.promise = new Promise((resolve) => {
      this.resolve = resolve
    })
  }

  resolveAfter(delayMs: number): void {
    this.#timer = setTimeout(this.resolve, delayMs)
  }

  cancel(): void {
    clearTimeout(this.#timer)
  }
}
