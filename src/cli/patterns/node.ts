import type { CharSet } from './char-set.ts'

/** A regular expression of Java as a tree; flags such as (?i) are resolved. */
export type Node =
  | { readonly type: 'set'; readonly set: CharSet }
  | { readonly type: 'sequence'; readonly items: readonly Node[] }
  | { readonly type: 'choice'; readonly options: readonly Node[] }
  | Repeat
  | { readonly type: 'capture'; readonly number: number; readonly item: Node }
  /** What it matched is not given back: `(?>X)` and `X*+`. */
  | { readonly type: 'atomic'; readonly item: Node }
  | { readonly type: 'look'; readonly isAhead: boolean; readonly isNegative: boolean; readonly item: Node }
  | { readonly type: 'place'; readonly place: Place }
  | { readonly type: 'reference'; readonly number: number }

export interface Repeat {
  readonly type: 'repeat'
  readonly item: Node
  readonly min: number
  readonly max: number
  readonly isLazy: boolean
}

/** `final` is the end, or before a line terminator that ends the text. */
export type Place = 'start' | 'end' | 'final' | 'lineStart' | 'lineEnd' | 'word' | 'notWord'

export const EMPTY: Node = { type: 'sequence', items: [] }

/** A pattern that Java refuses, in the words of its PatternSyntaxException; or one that ktool does not support. */
export class PatternError extends Error {
  override readonly name = 'PatternError'
}
