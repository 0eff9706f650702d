import { BadValue } from '../option-spec.ts'

/** Steps through the text of an option, and says where it makes no sense. */
export class Scanner {
  readonly #option: string
  readonly #text: string
  #at = 0

  constructor(option: string, text: string) {
    this.#option = option
    this.#text = text
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length
  }

  take(expected: string): boolean {
    if (!this.#text.startsWith(expected, this.#at)) return false
    this.#at += expected.length
    return true
  }

  /** Takes what a sticky pattern matches here. */
  takeMatch(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0] ?? null
    this.#at += found?.length ?? 0
    return found
  }

  /** Takes a text in quotes, as JSON writes it. */
  takeQuoted(): string | null {
    if (this.#text[this.#at] !== '"') return null
    const literal = this.takeMatch(/"(?:[^"\\]|\\.)*"/y)
    if (literal === null) return this.refuse('the quote that begins here is not closed')
    try {
      return JSON.parse(literal) as string
    } catch {
      this.back(literal.length)
      return this.refuse('the text in quotes is written as in JSON')
    }
  }

  rest(): string {
    const rest = this.#text.slice(this.#at)
    this.#at = this.#text.length
    return rest
  }

  back(length: number): void {
    this.#at -= length
  }

  /** Throws, with the place and what is expected there. */
  refuse(expected: string): never {
    const place = this.isAtEnd ? 'at the end' : `at character ${this.#at + 1}`
    throw new BadValue(`${this.#option}: '${this.#text}', ${place}: ${expected}`, { isWhole: true })
  }
}
