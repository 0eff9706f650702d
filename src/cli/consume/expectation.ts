import { BadValue } from '../option-spec.ts'
import type { ConsumedRecord } from '../records/formatter.ts'

/** A pattern that some record is expected to match. */
export interface Expectation {
  readonly text: string
  readonly regex: RegExp
}

/** `RE` or `/RE/flags`. */
export function parseExpectation(text: string): Expectation {
  const [, source = text, flags = ''] = /^\/([\s\S]*)\/([imsu]*)$/.exec(text) ?? []
  try {
    return { text, regex: new RegExp(source, flags) }
  } catch (error) {
    const reason = (error as Error).message.replace(/^Invalid regular expression: /, '')
    throw new BadValue(`--expect-match: '${text}' is no regular expression: ${reason}`, { isWhole: true })
  }
}

/** Watches records for those that were expected. */
export class Expectations {
  #missing: readonly Expectation[]

  constructor(expected: readonly Expectation[]) {
    this.#missing = expected
  }

  /** What no record has matched so far. */
  get missing(): readonly string[] {
    return this.#missing.map(({ text }) => text)
  }

  see({ key, value }: ConsumedRecord): void {
    if (this.#missing.length === 0) return
    const texts = [value, key].filter((bytes) => bytes !== null).map((bytes) => bytes.toString())
    this.#missing = this.#missing.filter(({ regex }) => !texts.some((text) => regex.test(text)))
  }
}
