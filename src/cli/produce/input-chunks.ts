import { fstatSync, ReadStream, readSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'

const FILE_CHUNK_BYTES = 1 << 18

/** The input as it comes, until it ends or `stop` is aborted. A chunk may be filled again once the next is asked for. */
export async function* inputChunks(
  input: Readable,
  stop: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  if (stop.aborted) return
  const fd = fileOf(input)
  if (fd !== null) yield* fileChunks(fd, stop)
  else yield* streamChunks(input, stop)
}

/** The size of the input where that is a file. */
export function fileBytes(input: Readable): number | null {
  const fd = fileOf(input)
  return fd === null ? null : fstatSync(fd).size
}

function fileOf(input: Readable): number | null {
  const fd = input instanceof ReadStream ? (input as ReadStream & { fd: number | null }).fd : null
  return fd !== null && fstatSync(fd).isFile() ? fd : null
}

// A file is read synchronously: a hop to the thread pool for every 64 KiB costs more than the read.
async function* fileChunks(fd: number, stop: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  const buffer = Buffer.allocUnsafeSlow(FILE_CHUNK_BYTES)
  while (!stop.aborted) {
    const length = readSync(fd, buffer, 0, buffer.length, null)
    if (length === 0) return
    yield buffer.subarray(0, length)
    // Sockets get their turn.
    await nextTurn()
  }
}

async function* streamChunks(input: Readable, stop: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  const destroy = (): void => {
    input.destroy()
  }
  stop.addEventListener('abort', destroy)
  try {
    for await (const chunk of input) yield chunk as Buffer
  } catch (error) {
    if (!stop.aborted) throw error
  } finally {
    stop.removeEventListener('abort', destroy)
  }
}
