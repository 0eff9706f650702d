import { type CharSet, charsOf, intersection, union } from '../char-set.ts'
import { unicodeSet } from './unicode.ts'

const ASCII: CharSet = charsOf([0, 0x7f])

/** Adds the letters that differ in case alone: those of ASCII, or all that Unicode maps to one another. */
export function withBothCases(set: CharSet, { isUnicode }: { readonly isUnicode: boolean }): CharSet {
  const letters = isUnicode ? unicodeSet('\\p{Changes_When_Casemapped}')! : ASCII
  const others: number[] = []
  for (const [from, to] of intersection(set, letters)) {
    for (let codePoint = from; codePoint <= to; codePoint++) {
      const char = String.fromCodePoint(codePoint)
      for (const other of [char.toLowerCase(), char.toUpperCase()]) {
        const folded = other.codePointAt(0)!
        // A letter that becomes two when its case changes stands for itself alone.
        if (String.fromCodePoint(folded) === other) others.push(folded)
      }
    }
  }
  return others.length === 0 ? set : union(set, charsOf(...others))
}
