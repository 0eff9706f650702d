import { BadValue } from '../option-spec.ts'
import { JavaPattern } from '../patterns/java-pattern.ts'
import { PatternError } from '../patterns/node.ts'
import { patternFlags } from '../patterns/search-flags.ts'
import type { ConsumedRecord } from '../records/formatter.ts'

/** A pattern that some record is expected to match. */
export interface Expectation {
  readonly text: string
  readonly pattern: JavaPattern
}

/** `RE` or `/RE/flags`. */
export function parseExpectation(text: string): Expectation {
  const [, source = text, flags = ''] = /^\/([\s\S]*)\/([imsu]*)$/.exec(text) ?? []
  try {
    return { text, pattern: new JavaPattern(source, patternFlags(flags)) }
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    throw new BadValue(`--expect-match: '${text}' is not a regular expression: ${error.message}`, {
      isWhole: true,
    })
  }
}

interface Watched {
  readonly text: string
  readonly isIn: (text: string) => boolean
}

/** Watches records for those that were expected. */
export class Expectations {
  #missing: readonly Watched[]

  private constructor(expected: readonly Watched[]) {
    this.#missing = expected
  }

  static async of(expected: readonly Expectation[]): Promise<Expectations> {
    return new Expectations(
      await Promise.all(
        expected.map(async ({ text, pattern }) => {
          const engine = await pattern.engine({ isWhole: false })
          return { text, isIn: (found: string) => engine.test(found) }
        }),
      ),
    )
  }

  /** What no record has matched so far. */
  get missing(): readonly string[] {
    return this.#missing.map(({ text }) => text)
  }

  see({ key, value }: ConsumedRecord): void {
    if (this.#missing.length === 0) return
    const texts = [value, key].filter((bytes) => bytes !== null).map((bytes) => bytes.toString())
    this.#missing = this.#missing.filter(({ isIn }) => !texts.some(isIn))
  }
}
