// Sets of Unicode's properties, found by asking JavaScript's expressions about all characters: the tables are in there already.

import { type CharSet, MAX_CODE_POINT, type Range, union } from '../char-set.ts'

const known = new Map<string, CharSet | undefined>()

/** The characters that an expression for one character matches; undefined when it names a property that JavaScript lacks. */
export function unicodeSet(source: string): CharSet | undefined {
  if (!known.has(source)) known.set(source, findSet(source))
  return known.get(source)
}

/** Where properties differ from one character to the next. */
const MIXED: readonly Range[] = [
  [0, 0xd7ff],
  [0xe000, 0x3ffff],
  [0xe0000, 0xe0fff],
]
/** Where all are alike: surrogates, planes that are not assigned, and those for private use. */
const ALIKE: readonly Range[] = [
  [0xd800, 0xdfff],
  [0x40000, 0xdffff],
  [0xe1000, 0xeffff],
  [0xf0000, MAX_CODE_POINT],
]

function findSet(source: string): CharSet | undefined {
  let runs: RegExp
  try {
    runs = new RegExp(`(?:${source})+`, 'gu')
  } catch {
    return undefined
  }
  const mixed = MIXED.flatMap(([from, to]) =>
    [...textOf(from, to).matchAll(runs)].map(({ 0: run }): Range => [run.codePointAt(0)!, lastOf(run)]),
  )
  const one = new RegExp(`^(?:${source})$`, 'u')
  return union(
    mixed,
    ALIKE.filter(([from]) => one.test(String.fromCodePoint(from))),
  )
}

/** All characters of a range, which has no surrogates, in order. */
function textOf(from: number, to: number): string {
  const bytes = Buffer.allocUnsafe((to - from + 1) * 4)
  let end = 0
  for (let codePoint = from; codePoint <= to; codePoint++) {
    if (codePoint > 0xffff) {
      end = bytes.writeUInt16LE(0xd800 + ((codePoint - 0x10000) >> 10), end)
      end = bytes.writeUInt16LE(0xdc00 + ((codePoint - 0x10000) & 0x3ff), end)
    } else end = bytes.writeUInt16LE(codePoint, end)
  }
  return bytes.toString('utf16le', 0, end)
}

function lastOf(run: string): number {
  const last = run.charCodeAt(run.length - 1)
  return last >= 0xdc00 && last <= 0xdfff ? run.codePointAt(run.length - 2)! : last
}
