import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** Where text lies about on any machine that runs this: packages, Node's headers, and what a Debian brings. */
const FOLDERS = [
  resolve(import.meta.dirname, '../../node_modules'),
  resolve(dirname(process.execPath), '../include'),
  '/usr/lib/python3',
  '/usr/include',
  '/usr/share/perl',
]
const ENDINGS = /\.(js|mjs|cjs|ts|md|json|h|py|pm)$/
/** A record may take a megabyte. */
const MAX_LINE_BYTES = 900_000

/**
 * Writes a text of at least so many lines, made of whole files in the order of their names; gives the number of lines.
 * Files with carriage returns are left out: console tools drop those at the end of a line.
 */
export function writeRealText(path: string, atLeast: number): number {
  const file = openSync(path, 'w')
  let lines = 0
  try {
    while (lines < atLeast) {
      const before = lines
      for (const source of textFiles()) {
        const text = readFileSync(source)
        if (text.length === 0 || text.includes(13) || longestLine(text) > MAX_LINE_BYTES) continue
        writeSync(file, text)
        if (text.at(-1) !== 10) writeSync(file, '\n')
        lines += text.reduce((count, byte) => count + Number(byte === 10), 0) + Number(text.at(-1) !== 10)
        if (lines >= atLeast) return lines
      }
      if (lines === before) throw new Error('no text files were found')
    }
    return lines
  } finally {
    closeSync(file)
  }
}

function* textFiles(): Generator<string> {
  for (const folder of FOLDERS.filter((path) => existsSync(path))) {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile() && ENDINGS.test(entry.name))
    yield* files.map((entry) => join(entry.parentPath, entry.name)).sort()
  }
}

function longestLine(text: Buffer): number {
  let longest = 0
  let from = 0
  for (let at = text.indexOf(10); at >= 0; at = text.indexOf(10, from)) {
    longest = Math.max(longest, at - from)
    from = at + 1
  }
  return Math.max(longest, text.length - from)
}
