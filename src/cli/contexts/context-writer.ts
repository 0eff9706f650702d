import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { sleep, systemClock } from '../../client/clock.ts'
import { Failure, messageOf } from '../failures.ts'
import type { Json } from './context-edit.ts'
import { type FileKind, parseContextFile, readContextFile } from './context-file.ts'

const LOCK_WAIT_MS = 2000
const LOCK_RETRY_MS = 20

/**
 * Changes a file of contexts: the whole of it is written beside it and takes its place in one step, so that nobody
 * sees half of it. The new file is also the lock: of two at once the second waits, and sees what the first wrote.
 */
export async function changeContextFile(
  path: string,
  kind: FileKind,
  change: (json: Json) => Json,
): Promise<void> {
  const target = targetOf(path)
  const lock = `${target}.lock`
  const descriptor = await openLock(lock)
  try {
    const before = readContextFile(target, kind)
    const text = `${JSON.stringify(change(before?.json ?? {}), null, 2)}\n`
    // What is written must be readable again.
    parseContextFile(text, target, kind)
    try {
      // Unlike writeSync it writes all of it, or throws where the disk is full.
      writeFileSync(descriptor, text)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(lock, target)
  } catch (error) {
    rmSync(lock, { force: true })
    throw error
  }
}

/** Where the file really is: a link to it, as in collections of dot files, stays one. */
function targetOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

async function openLock(lock: string): Promise<number> {
  const untilMs = systemClock.monotonicMs() + LOCK_WAIT_MS
  for (;;) {
    try {
      mkdirSync(dirname(lock), { recursive: true, mode: 0o700 })
      // Only its owner reads it: it may hold passwords.
      return openSync(lock, 'wx', 0o600)
    } catch (error) {
      const isHeld = error instanceof Error && 'code' in error && error.code === 'EEXIST'
      if (!isHeld) throw new Failure(`contexts cannot be written: ${messageOf(error)}`, { cause: error })
      if (systemClock.monotonicMs() > untilMs) {
        const hint = 'another ktool is writing it; if one was killed, remove that file'
        throw new Failure(`'${lock}' is there already`, { hint })
      }
      await sleep(systemClock, LOCK_RETRY_MS)
    }
  }
}
