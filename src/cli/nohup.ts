import { basename } from 'node:path'

const SIGHUP_BIT = 1n
const WRITE_ONLY = 1

export interface StartedProcess {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly ppid: number
  /** The text of a file, null when it cannot be read. */
  readonly readText: (path: string) => string | null
}

/**
 * Whether the process was started to outlive its terminal. Node sets SIGHUP, which `nohup` ignores, back to its default
 * before it runs any script, so that other traces have to do: the name that shells pass on, the input that `nohup` gives
 * a program in place of a terminal, and a parent, as a script under `nohup`, that ignores SIGHUP itself.
 */
export function isUnderNohup({ env, ppid, readText }: StartedProcess): boolean {
  if (basename(env._ ?? '') === 'nohup') return true
  const input = /^flags:\s*([0-7]+)$/m.exec(readText('/proc/self/fdinfo/0') ?? '')
  if (input !== null && (Number.parseInt(input[1]!, 8) & 3) === WRITE_ONLY) return true
  const ignored = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readText(`/proc/${ppid}/status`) ?? '')
  return ignored !== null && (BigInt(`0x${ignored[1]}`) & SIGHUP_BIT) !== 0n
}
