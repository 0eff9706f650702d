import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A pipe for a child's output, of which the test reads as much as it wants, when it wants. */
export interface TestPipe {
  /** For the child's `stdio`. */
  readonly input: number
  /** Reads what is in the pipe, up to so many bytes. */
  read(maxBytes?: number): string
  /** The reader goes away. */
  close(): void
}

/** Removed when the test finishes. */
export function openPipe(): TestPipe {
  const folder = mkdtempSync(join(tmpdir(), 'ktool-pipe-'))
  const path = join(folder, 'pipe')
  execFileSync('mkfifo', [path])
  // Without a writer of its own the reader would have to wait for one.
  const output = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
  const input = openSync(path, constants.O_WRONLY)
  let isOpen = true
  const close = (): void => {
    if (isOpen) closeSync(output)
    isOpen = false
  }
  onTestFinished(() => {
    close()
    closeSync(input)
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    input,
    read(maxBytes = 1 << 20) {
      const parts: Buffer[] = []
      for (let left = maxBytes; left > 0; ) {
        const part = readPart(output, Math.min(left, 1 << 16))
        if (part === null) break
        parts.push(part)
        left -= part.length
      }
      return Buffer.concat(parts).toString()
    },
    close,
  }
}

function readPart(fd: number, bytes: number): Buffer | null {
  const buffer = Buffer.alloc(bytes)
  try {
    return buffer.subarray(0, readSync(fd, buffer))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return null
    throw error
  }
}
