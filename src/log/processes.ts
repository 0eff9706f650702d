// Which process holds a folder. Node offers no file locks, so a lock is a file that names its holder. The id alone does
// not tell whether the holder is alive, because ids are given again: the time of its start, the boot of the machine and
// the process namespace belong to it.

import { kill, pid } from 'node:process'
import type { Files } from './files.ts'

export interface LockHolder {
  pid: number
  /** When the process started, in clock ticks since boot; empty where the system does not say. */
  startedAt: string
  boot: string
  namespace: string
}

/** What a lock needs to know of processes. */
export interface Processes {
  self(): LockHolder
  /** Whether a process of this namespace lives and is the one meant. */
  isRunning(holder: LockHolder): boolean
  /** For how long the machine has been running; null where the system does not say. */
  uptimeMs(): number | null
}

/** Processes of this machine. Linux reports all of it in /proc; elsewhere the id has to do. */
export function realProcesses(files: Files): Processes {
  const read = (path: string): string => files.readFile(path)?.toString() ?? ''
  // The name of the program, in parentheses, may hold anything; fields are counted from the last one.
  const statOf = (id: number | 'self'): string[] =>
    read(`/proc/${id}/stat`).split(') ').at(-1)?.split(' ') ?? []
  const startOf = (id: number | 'self'): string => statOf(id)[19] ?? ''
  const namespace = files.linkTarget('/proc/self/ns/pid') ?? ''
  return {
    self: () => ({
      pid,
      startedAt: startOf('self'),
      boot: read('/proc/sys/kernel/random/boot_id').trim(),
      namespace,
    }),
    isRunning(holder) {
      try {
        kill(holder.pid, 0)
      } catch (error) {
        // Without the right to signal it, it is there all the same.
        if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
      }
      // A zombie has ended, but is listed until its parent looks.
      return startOf(holder.pid) === holder.startedAt && statOf(holder.pid)[0] !== 'Z'
    },
    uptimeMs() {
      const seconds = Number.parseFloat(read('/proc/uptime'))
      return Number.isNaN(seconds) ? null : seconds * 1000
    },
  }
}

/** The process that the text of a lock names; null when it names none. */
export function parseHolder(text: string): LockHolder | null {
  try {
    const holder = JSON.parse(text) as LockHolder
    return typeof holder.pid === 'number' && typeof holder.boot === 'string' ? holder : null
  } catch {
    // Kafka leaves an empty file of this name behind.
    return null
  }
}
