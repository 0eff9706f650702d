import { readFileSync } from 'node:fs'

/** The bytes of golden/<name>.hex: per line hex, then two spaces and what it is; # starts a comment. */
export function readGolden(name: string): Buffer {
  const text = readFileSync(new URL(`golden/${name}.hex`, import.meta.url), 'utf8')
  const lines = text.split('\n').filter((line) => !line.startsWith('#'))
  return Buffer.from(lines.map((line) => line.split('  ')[0]!).join(''), 'hex')
}
