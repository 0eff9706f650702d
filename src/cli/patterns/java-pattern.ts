import { type Engine, engineFor } from './engine.ts'
import type { Flags } from './java/cursor.ts'
import { parseJavaPattern } from './java/parse.ts'
import type { Node } from './node.ts'

/** A regular expression as java.util.regex.Pattern reads it; what runs it is loaded when it is needed. */
export class JavaPattern {
  readonly source: string
  readonly node: Node

  /** Throws PatternError, in Java's words. */
  constructor(source: string, flags: Partial<Flags> = {}) {
    this.source = source
    this.node = parseJavaPattern(source, flags)
  }

  /** For all of a text (`isWhole`), as Matcher.matches(); or for any part of it, as Matcher.find(). */
  engine({ isWhole }: { readonly isWhole: boolean }): Promise<Engine> {
    return engineFor(this.node, this.source, { isWhole })
  }
}
