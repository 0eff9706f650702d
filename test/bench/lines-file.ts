import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file of so many lines of so many bytes each, line end not counted; removed when `use` has ended. */
export async function withLines<Result>(
  count: number,
  lineBytes: number,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'ktool-bench-'))
  try {
    const path = join(folder, 'lines')
    writeLines(path, count, lineBytes)
    return await use(path)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function writeLines(path: string, count: number, lineBytes: number): void {
  const file = openSync(path, 'w')
  const filling = 'abcdefghijklmnopqrstuvwxyz0123456789'.repeat(Math.ceil(lineBytes / 36))
  const perBlock = 10_000
  for (let from = 0; from < count; from += perBlock) {
    const lines = Array.from({ length: Math.min(perBlock, count - from) }, (_, index) => {
      const number = String(from + index).padStart(9, '0')
      return `${number}${filling.slice(0, lineBytes - number.length)}\n`
    })
    writeSync(file, lines.join(''))
  }
  closeSync(file)
}
