import { PatternError } from '../node.ts'

/** What (?idmsuxU) switches on. */
export interface Flags {
  readonly i: boolean
  readonly d: boolean
  readonly m: boolean
  readonly s: boolean
  readonly u: boolean
  readonly x: boolean
  readonly U: boolean
}

/** Groups and classes within one another; what reads a pattern calls itself for each. */
const MAX_DEPTH = 250

export const NO_FLAGS: Flags = { i: false, d: false, m: false, s: false, u: false, x: false, U: false }

/** Steps through a pattern code point by code point, as java.util.regex.Pattern does, so that errors name the same place. */
export class PatternCursor {
  readonly #pattern: string
  readonly #chars: readonly string[]
  at = 0
  flags: Flags
  #depth = 0

  constructor(pattern: string, flags: Flags) {
    this.#pattern = pattern
    this.#chars = withoutQuotes([...pattern])
    this.flags = flags
  }

  get isAtEnd(): boolean {
    return this.at >= this.#chars.length
  }

  /** The character here, whatever it is; the empty text at the end. */
  get raw(): string {
    return this.#chars[this.at] ?? ''
  }

  /** The character after this one. */
  get following(): string {
    return this.#chars[this.at + 1] ?? ''
  }

  /** The character here; in comments mode the next one that counts. */
  peek(): string {
    if (this.flags.x) this.#skipComments()
    return this.raw
  }

  /** Takes the character here, whatever it is. */
  take(): string {
    const char = this.raw
    this.at++
    return char
  }

  takeIf(expected: string): boolean {
    if (this.peek() !== expected) return false
    this.at++
    return true
  }

  /** Takes characters as long as they match. */
  takeWhile(test: RegExp): string {
    let taken = ''
    while (test.test(this.raw)) taken += this.take()
    return taken
  }

  /** Runs `read` one level further in; a pattern of too many levels is refused. */
  within<T>(read: () => T): T {
    this.#depth++
    if (this.#depth > MAX_DEPTH)
      throw new PatternError(`more than ${MAX_DEPTH} groups or classes within one another`)
    const result = read()
    this.#depth--
    return result
  }

  /** The failure at the character that was taken last. */
  error(description: string): PatternError {
    return new PatternError(`${description} near index ${this.at - 1} of '${this.#pattern}'`)
  }

  unsupported(what: string): PatternError {
    return new PatternError(`${what} is not supported by ktool, in '${this.#pattern}'`)
  }

  #skipComments(): void {
    for (;;) {
      if (/^[ \t\n\x0b\f\r]$/.test(this.raw)) this.at++
      else if (this.raw === '#') while (!this.isAtEnd && !/^[\n\r\x85\u2028\u2029]$/.test(this.raw)) this.at++
      else return
    }
  }
}

/** Resolves `\Q…\E`, also within classes: what is quoted gets backslashes. */
function withoutQuotes(chars: readonly string[]): string[] {
  const result: string[] = []
  let isQuoted = false
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!
    const next = chars[at + 1]
    if (isQuoted) {
      if (char === '\\' && next === 'E') {
        isQuoted = false
        at++
      } else if (/^[0-9]$/.test(char)) {
        // A backslash would make it a reference, and an escape in front of the quote may take digits.
        result.push('\\', 'x', '3', char)
      } else if (/^[\0-\x7f]$/.test(char) && !/^[A-Za-z]$/.test(char)) result.push('\\', char)
      else result.push(char)
    } else if (char === '\\' && next === 'Q') {
      isQuoted = true
      at++
    } else if (char === '\\' && next !== undefined) {
      result.push(char, next)
      at++
    } else result.push(char)
  }
  return result
}
