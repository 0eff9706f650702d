import type { Clock } from '../../client/clock.ts'
import type { Io } from '../io.ts'
import { escapeName } from './escape.ts'
import { unescaped } from './terminal-io.ts'

/** What is done sooner needs no progress. */
const DELAY_MS = 500
const INTERVAL_MS = 200

export interface Progress {
  /** Takes the line off the terminal. */
  stop(): void
}

/** Shows how far long work is, as a line on standard error that is written anew; nothing where that is no terminal. */
export function startProgress(io: Io, clock: Clock, text: () => string): Progress {
  if (!io.isTerminal.err) return { stop() {} }
  let stop = (): void => {}
  let cancel = clock.after(DELAY_MS, () => void show())
  let isStopped = false
  const shown = (): string => escapeName(text())
  const show = async (): Promise<void> => {
    const { default: ora } = await import('ora')
    if (isStopped) return
    const spinner = ora({ text: shown(), stream: terminal(io), isEnabled: true, discardStdin: false }).start()
    const renew = (): void => {
      spinner.text = shown()
      cancel = clock.after(INTERVAL_MS, renew)
    }
    cancel = clock.after(INTERVAL_MS, renew)
    stop = () => void spinner.stop()
  }
  return {
    stop() {
      isStopped = true
      cancel()
      stop()
    },
  }
}

/** Standard error as ora wants it: a terminal that can be written to and whose cursor can be moved. */
function terminal(io: Io): NodeJS.WritableStream {
  const write = (text: string): boolean => {
    unescaped(io).err(text)
    return true
  }
  const stream = {
    isTTY: true,
    columns: io.columns,
    write,
    on: () => stream,
    off: () => stream,
    once: () => stream,
    removeListener: () => stream,
    cursorTo: (column: number) => write(`\u001b[${column + 1}G`),
    moveCursor: (_: number, rows: number) => write(`\u001b[${Math.abs(rows)}${rows < 0 ? 'A' : 'B'}`),
    clearLine: () => write('\u001b[2K'),
  }
  return stream as unknown as NodeJS.WritableStream
}
