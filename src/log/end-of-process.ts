// What must be done before the process ends, however it ends: by itself, by `process.exit`, by an error, or by a signal
// that the program does not handle. SIGKILL and a crash of the engine leave no chance.

import { onExit, signals } from 'signal-exit'
import type { Files } from './files.ts'

const SIGHUP_BIT = 1n

let isPrepared = false

/** Runs the action when the process ends, unless the returned function is called before. */
export function atEndOfProcess(files: Files, action: () => void): () => void {
  if (!isPrepared && isHangUpIgnored(files)) {
    // Listening to it would undo what `nohup` did.
    const at = signals.indexOf('SIGHUP')
    if (at >= 0) signals.splice(at, 1)
  }
  isPrepared = true
  return onExit(() => {
    try {
      action()
    } catch {
      // The process is ending, and has other things to finish.
    }
  })
}

/** Whether the process was started with SIGHUP ignored; only Linux has a place to look it up. */
function isHangUpIgnored(files: Files): boolean {
  const status = files.readFile('/proc/self/status')?.toString() ?? ''
  const [, ignored = '0'] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(status) ?? []
  return (BigInt(`0x${ignored}`) & SIGHUP_BIT) !== 0n
}
