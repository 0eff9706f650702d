import { readFileSync, readlinkSync, type Stats } from 'node:fs'

const SHELLS = /^-?(ba|da|z|k|mk|fi|a|c|tc|)sh$|^busybox$/

/** The device number of /dev/null on Linux: major 1, minor 3. */
const NULL_DEVICE = (1 << 8) | 3

/**
 * Whether the program was started with this descriptor closed (`>&-`). Node opens /dev/null in its place, for reading
 * and writing, before any of our code runs. Programs that discard our output do the same, so that it takes a second
 * sign: the shell that started us has no such descriptor, or has something else there. Linux only.
 */
export function isClosedAtStart(fd: number, stat: Stats): boolean {
  if (stat.rdev !== NULL_DEVICE) return false
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1]
    if (flags === undefined || (Number.parseInt(flags, 8) & 3) !== 2) return false
    const parent = /^PPid:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    const name = readFileSync(`/proc/${parent}/comm`, 'utf8').trim()
    return SHELLS.test(name) && targetOf(`/proc/${parent}/fd/${fd}`) !== '/dev/null'
  } catch {
    // The parent is gone or belongs to somebody else.
    return false
  }
}

function targetOf(link: string): string | null {
  try {
    return readlinkSync(link)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
