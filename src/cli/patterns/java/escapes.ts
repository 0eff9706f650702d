import { type CharSet, negated, only } from '../char-set.ts'
import type { PatternCursor } from './cursor.ts'
import { withBothCases } from './letter-case.ts'
import { findProperty, shorthand } from './properties.ts'

const CONTROLS: Readonly<Record<string, number>> = {
  a: 0x07,
  e: 0x1b,
  f: 0x0c,
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
}

/** Properties that (?i) extends to letters of the other case. */
const CASED =
  /^(Lower|Upper|javaLowerCase|javaUpperCase|javaTitleCase|(Is|gc=|general_category=)?L[ult]|Is(lower|upper|title)case)$/i

/**
 * Takes what follows a backslash and stands for characters: a set, or one character, to which flags are yet to be applied.
 * Null, with nothing taken, where it is none of these.
 */
export function takeCharEscape(cursor: PatternCursor): CharSet | number | null {
  const letter = cursor.raw
  if (letter === '') throw cursor.error('Unescaped trailing backslash')
  if (letter === 'p' || letter === 'P') return takeProperty(cursor)
  const set = shorthand(letter, { isUnicode: cursor.flags.U })
  if (set !== undefined) {
    cursor.at++
    return set
  }
  if (letter in CONTROLS) {
    cursor.at++
    return CONTROLS[letter]!
  }
  switch (letter) {
    case '0':
      return takeOctal(cursor)
    case 'x':
      return takeHexadecimal(cursor)
    case 'u':
      return takeUnicode(cursor)
    case 'c':
      cursor.at++
      if (cursor.isAtEnd) throw cursor.error('Illegal control escape sequence')
      return cursor.take().codePointAt(0)! ^ 64
    case 'N':
      throw cursor.unsupported('\\N{…}')
  }
  if (/^[A-Za-z1-9]$/.test(letter)) return null
  return cursor.take().codePointAt(0)!
}

/** Java refuses letters that mean nothing yet. */
export function refuseEscape(cursor: PatternCursor): never {
  cursor.at++
  throw cursor.error('Illegal/unsupported escape sequence')
}

/** The set of one character; with both cases where (?i) is in force. */
export function oneChar(codePoint: number, { flags }: PatternCursor): CharSet {
  return flags.i ? withBothCases(only(codePoint), { isUnicode: flags.u || flags.U }) : only(codePoint)
}

function takeOctal(cursor: PatternCursor): number {
  cursor.at++
  let digits = ''
  while (/^[0-7]$/.test(cursor.raw) && digits.length < (/^[0-3]/.test(digits) ? 3 : 2))
    digits += cursor.take()
  if (digits === '') {
    cursor.at++
    throw cursor.error('Illegal octal escape sequence')
  }
  return Number.parseInt(digits, 8)
}

function takeHexadecimal(cursor: PatternCursor): number {
  cursor.at++
  if (cursor.raw === '{') {
    cursor.at++
    const codePoint = Number.parseInt(cursor.takeWhile(/^[0-9A-Fa-f]$/) || 'none', 16)
    if (codePoint > 0x10ffff) throw cursor.error('Hexadecimal codepoint is too big')
    if (cursor.take() !== '}') throw cursor.error('Unclosed hexadecimal escape sequence')
    if (Number.isNaN(codePoint)) throw cursor.error('Illegal hexadecimal escape sequence')
    return codePoint
  }
  return takeDigits(cursor, 2, 'Illegal hexadecimal escape sequence')
}

/** Two of them may be the halves of one character. */
function takeUnicode(cursor: PatternCursor): number {
  cursor.at++
  const first = takeDigits(cursor, 4, 'Illegal Unicode escape sequence')
  if (first < 0xd800 || first > 0xdbff || cursor.raw !== '\\' || cursor.following !== 'u') return first
  const back = cursor.at
  cursor.at += 2
  const second = takeDigits(cursor, 4, 'Illegal Unicode escape sequence')
  if (second >= 0xdc00 && second <= 0xdfff) return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
  cursor.at = back
  return first
}

function takeDigits(cursor: PatternCursor, count: number, mistake: string): number {
  let digits = ''
  for (let at = 0; at < count; at++) {
    const digit = cursor.take()
    if (!/^[0-9A-Fa-f]$/.test(digit)) throw cursor.error(mistake)
    digits += digit
  }
  return Number.parseInt(digits, 16)
}

/** `\p{Alpha}`, `\P{L}`, `\pL`. */
function takeProperty(cursor: PatternCursor): CharSet {
  const isNegated = cursor.take() === 'P'
  let name = cursor.take()
  if (name === '{') {
    name = cursor.takeWhile(/^[^}]$/s)
    if (cursor.take() !== '}') throw cursor.error('Unclosed character family')
    if (name === '') throw cursor.error('Empty character family')
  }
  const { i, U } = cursor.flags
  if (/^In.|^(blk|block)=/i.test(name)) throw cursor.unsupported(`the block of characters \\p{${name}}`)
  const set = findProperty(name, { isUnicode: U })
  if (set === undefined) throw cursor.error(`Unknown character property name {${name}}`)
  const folded = i && CASED.test(name) ? withBothCases(set, { isUnicode: true }) : set
  return isNegated ? negated(folded) : folded
}
