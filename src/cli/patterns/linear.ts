import { type CharSet, MAX_CODE_POINT } from './char-set.ts'
import type { Node, Place } from './node.ts'

/** Repetitions that RE2 takes. */
const MAX_REPETITIONS = 1000

/**
 * A pattern in the syntax of RE2, whose engine needs time in proportion to the text; null where the pattern has look-around,
 * references or groups that give nothing back, which no such engine knows.
 */
export function linearSource(node: Node, { isWhole }: { readonly isWhole: boolean }): string | null {
  try {
    return isWhole ? `\\A(?:${print(node, 'whole')})\\z` : print(node, 'part')
  } catch (error) {
    if (error instanceof NotLinear) return null
    throw error
  }
}

class NotLinear extends Error {}

/** What follows a part of the pattern: more of it, or nothing; then the text has to end, or may go on. */
type Rest = 'more' | 'whole' | 'part'

function print(node: Node, rest: Rest): string {
  switch (node.type) {
    case 'set':
      return printSet(node.set)
    case 'sequence':
      return node.items
        .map((item, at) => printItem(item, at === node.items.length - 1 ? rest : 'more'))
        .join('')
    case 'choice':
      return node.options.map((option) => print(option, rest)).join('|')
    case 'capture':
      return `(?:${print(node.item, rest)})`
    case 'repeat':
      return printRepeat(node.min, node.max, printItem(node.item, 'more')) + (node.isLazy ? '?' : '')
    case 'place':
      return printPlace(node.place, rest)
    default:
      throw new NotLinear()
  }
}

/** In brackets where it stands beside others or is repeated. */
function printItem(node: Node, rest: Rest): string {
  const text = print(node, rest)
  return node.type === 'set' || node.type === 'capture' || node.type === 'place' ? text : `(?:${text})`
}

function printRepeat(min: number, max: number, item: string): string {
  const isOpen = max === 0x7fff_ffff
  if (min > MAX_REPETITIONS || (!isOpen && max > MAX_REPETITIONS)) throw new NotLinear()
  return `(?:${item})${isOpen ? `{${min},}` : `{${min},${max}}`}`
}

/** Java's `$` also matches before a line terminator at the end; RE2 cannot look ahead, but take it where nothing follows. */
function printPlace(place: Place, rest: Rest): string {
  switch (place) {
    case 'start':
      return '\\A'
    case 'end':
      return '\\z'
    case 'final':
      if (rest === 'more') throw new NotLinear()
      if (rest === 'whole') return '\\z'
      return '(?:\\r\\n|[\\n\\r\\x{85}\\x{2028}\\x{2029}])?\\z'
    case 'lineStart':
      return '(?m:^)'
    case 'lineEnd':
      return '(?m:$)'
    case 'word':
      return '\\b'
    case 'notWord':
      return '\\B'
  }
}

/** Nothing can match the empty set. */
const NOTHING = `[^\\x{0}-\\x{${MAX_CODE_POINT.toString(16)}}]`

function printSet(set: CharSet): string {
  const [first] = set
  if (first === undefined) return NOTHING
  if (set.length === 1 && first[0] === first[1]) return printChar(first[0])
  return `[${set.map(([from, to]) => (from === to ? hex(from) : `${hex(from)}-${hex(to)}`)).join('')}]`
}

const hex = (codePoint: number): string => `\\x{${codePoint.toString(16)}}`

/** Literal text stays readable for the engine, which looks for it before all else. */
function printChar(codePoint: number): string {
  const char = String.fromCodePoint(codePoint)
  return /^[A-Za-z0-9_ ]$/.test(char) ? char : hex(codePoint)
}
