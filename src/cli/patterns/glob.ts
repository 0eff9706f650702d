// Patterns of shells: * stands for any text, ? for one character. They match a text as a whole, in time proportional to it.

import { type CharSet, charsOf, EVERY_CHAR, negated, only, type Range } from './char-set.ts'
import { type Node, PatternError } from './node.ts'

export interface GlobSyntax {
  /** `[a-z]`, `[!a-z]` and `{orders,payments}`. */
  readonly hasChoices?: boolean
  /** A backslash takes the meaning of the character after it. */
  readonly hasEscapes?: boolean
}

/** A test whether a text matches a glob; throws PatternError where it makes no sense. */
export async function globTest(glob: string, syntax: GlobSyntax): Promise<(text: string) => boolean> {
  return await new Glob(glob, syntax).test()
}

/** A glob that was read; what runs it is loaded when it is needed. */
export class Glob {
  readonly #source: string
  readonly #node: Node

  constructor(source: string, syntax: GlobSyntax) {
    this.#source = source
    this.#node = new GlobReader(source, syntax).read()
  }

  async test(): Promise<(text: string) => boolean> {
    const pieces = piecesOf(this.#node)
    if (pieces !== null) return (text) => hasPieces(text, pieces)
    const { engineFor } = await import('./engine.ts')
    const engine = await engineFor(this.#node, this.#source, { isWhole: true })
    return (text) => engine.test(text)
  }
}

const ANY_CHAR: Node = { type: 'set', set: EVERY_CHAR }
const ANY_TEXT: Node = { type: 'repeat', item: ANY_CHAR, min: 0, max: 0x7fff_ffff, isLazy: false }

class GlobReader {
  readonly #source: string
  readonly #chars: readonly string[]
  readonly #syntax: GlobSyntax
  #at = 0
  #depth = 0

  constructor(source: string, syntax: GlobSyntax) {
    this.#source = source
    this.#chars = [...source]
    this.#syntax = syntax
  }

  read(): Node {
    return this.#sequence()
  }

  /** Up to the end; within braces up to the comma or brace that ends a choice. */
  #sequence(): Node {
    const items: Node[] = []
    while (this.#at < this.#chars.length) {
      const char = this.#chars[this.#at]!
      if (this.#depth > 0 && (char === ',' || char === '}')) break
      this.#at++
      items.push(this.#item(char))
    }
    return { type: 'sequence', items }
  }

  #item(char: string): Node {
    const { hasChoices, hasEscapes } = this.#syntax
    if (char === '*') return ANY_TEXT
    if (char === '?') return ANY_CHAR
    if (char === '{' && hasChoices) return this.#choice()
    if (char === '[' && hasChoices) {
      const end = this.#chars.indexOf(']', this.#at + (this.#chars[this.#at] === '!' ? 2 : 1))
      if (end > 0) return { type: 'set', set: this.#classUpTo(end) }
    }
    if (char === '\\' && hasEscapes && this.#at < this.#chars.length) return literal(this.#chars[this.#at++]!)
    return literal(char)
  }

  /** A brace that is not closed lasts until the end. */
  #choice(): Node {
    if (++this.#depth > MAX_DEPTH) throw new PatternError(`more than ${MAX_DEPTH} braces within one another`)
    const options = [this.#sequence()]
    for (; this.#chars[this.#at] === ','; options.push(this.#sequence())) this.#at++
    this.#at++
    this.#depth--
    return { type: 'choice', options }
  }

  #classUpTo(end: number): CharSet {
    const isNegated = this.#chars[this.#at] === '!'
    const content = this.#chars.slice(this.#at + (isNegated ? 1 : 0), end)
    this.#at = end + 1
    const ranges: Range[] = []
    for (let at = 0; at < content.length; at++) {
      const from = content[at]!.codePointAt(0)!
      const isRange = content[at + 1] === '-' && at + 2 < content.length
      const to = isRange ? content[at + 2]!.codePointAt(0)! : from
      if (to < from) {
        const range = content.slice(at, at + 3).join('')
        throw new PatternError(`the range ${range} in '${this.#source}' ends before it begins`)
      }
      ranges.push([from, to])
      if (isRange) at += 2
    }
    return isNegated ? negated(charsOf(...ranges)) : charsOf(...ranges)
  }
}

const MAX_DEPTH = 100

const literal = (char: string): Node => ({ type: 'set', set: only(char.codePointAt(0)!) })

/** The texts between the stars; null where there is more to a glob than texts and stars. */
function piecesOf(node: Node): string[] | null {
  if (node.type !== 'sequence') return null
  const pieces = ['']
  for (const item of node.items) {
    if (item === ANY_TEXT) pieces.push('')
    else if (
      item.type === 'set' &&
      item !== ANY_CHAR &&
      item.set.length === 1 &&
      item.set[0]![0] === item.set[0]![1]
    )
      pieces[pieces.length - 1] += String.fromCodePoint(item.set[0]![0])
    else return null
  }
  return pieces
}

/** Whether a text begins with the first piece, ends with the last, and has the others in order in between. */
function hasPieces(text: string, pieces: readonly string[]): boolean {
  const [first = ''] = pieces
  if (pieces.length === 1) return text === first
  const last = pieces.at(-1)!
  const end = text.length - last.length
  if (first.length > end || !text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  for (const piece of pieces.slice(1, -1)) {
    // The first place is as good as any: it leaves the most to the pieces after it.
    const found = text.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return at <= end
}
