// Character classes: [a-z], [^a], [a-z[0-9]], [a-z&&[^m]]. The loop is that of java.util.regex.Pattern.clazz, whose treatment
// of odd cases, as a second & or a ] in front, no grammar describes.

import { type CharSet, intersection, negated, union } from '../char-set.ts'
import type { PatternCursor } from './cursor.ts'
import { oneChar, refuseEscape, takeCharEscape } from './escapes.ts'
import { withBothCases } from './letter-case.ts'

/** Takes a class after its `[`; with `isWhole` also the `]`, else it is the right side of && and ends before it. */
export function takeClass(cursor: PatternCursor, isWhole: boolean): CharSet {
  let set: CharSet | null = null
  let last: CharSet = []
  const isNegated = isWhole && cursor.takeIf('^')
  for (;;) {
    const char = cursor.peek()
    if (char === '') throw cursor.error('Unclosed character class')
    if (char === '[') {
      cursor.at++
      last = takeInnerClass(cursor, true)
      set = union(set ?? [], last)
    } else if (char === '&' && takesIntersection(cursor)) {
      const right = takeRightSide(cursor)
      if (set === null && right === null) throw cursor.error('Bad class syntax')
      // Without a right side Java intersects with what it read last.
      last = right ?? last
      set = set === null ? last : intersection(set, last)
    } else if (char === ']' && set !== null) {
      if (isWhole) cursor.at++
      return isNegated ? negated(set) : set
    } else {
      last = takeRange(cursor)
      set = union(set ?? [], last)
    }
  }
}

const takeInnerClass = (cursor: PatternCursor, isWhole: boolean): CharSet =>
  cursor.within(() => takeClass(cursor, isWhole))

function takesIntersection(cursor: PatternCursor): boolean {
  const back = cursor.at
  cursor.at++
  if (cursor.takeIf('&')) return true
  cursor.at = back
  return false
}

function takeRightSide(cursor: PatternCursor): CharSet | null {
  let right: CharSet | null = null
  while (!cursor.isAtEnd && cursor.peek() !== ']' && cursor.peek() !== '&') {
    if (cursor.takeIf('[')) right = union(right ?? [], takeInnerClass(cursor, true))
    else right = takeInnerClass(cursor, false)
  }
  return right
}

/** One character, a range of them, or what an escape stands for. */
function takeRange(cursor: PatternCursor): CharSet {
  const first = takeBound(cursor)
  if (typeof first !== 'number') return first
  if (cursor.peek() !== '-') return oneChar(first, cursor)
  const { following } = cursor
  if (following === '[' || following === ']') return oneChar(first, cursor)
  cursor.at++
  const last = cursor.peek() === '' ? -1 : takeBound(cursor)
  if (typeof last !== 'number' || last < first) throw cursor.error('Illegal character range')
  const { i, u, U } = cursor.flags
  return i ? withBothCases([[first, last]], { isUnicode: u || U }) : [[first, last]]
}

function takeBound(cursor: PatternCursor): CharSet | number {
  if (cursor.peek() !== '\\') return cursor.take().codePointAt(0)!
  cursor.at++
  return takeCharEscape(cursor) ?? refuseEscape(cursor)
}
