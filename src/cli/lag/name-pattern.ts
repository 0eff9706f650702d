import { BadValue } from '../option-spec.ts'
import { Glob } from '../patterns/glob.ts'
import { PatternError } from '../patterns/node.ts'

/** A name, or a pattern of names: `*`, `?`, `[a-z]`, `{orders,payments}`. */
export interface NamePattern {
  readonly text: string
  /** Null for a plain name. */
  readonly glob: Glob | null
}

export function namePattern(text: string): NamePattern {
  if (!/[*?[{]/.test(text)) return { text, glob: null }
  try {
    return { text, glob: new Glob(text, { hasChoices: true }) }
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    throw new BadValue(`'${text}' is not a pattern of names: ${error.message}`, { isWhole: true })
  }
}

/** A test whether a name is one of several, or matches one of them. */
export async function anyOf(patterns: readonly NamePattern[]): Promise<(name: string) => boolean> {
  const names = new Set(patterns.map(({ text }) => text))
  const tests = await Promise.all(patterns.flatMap(({ glob }) => (glob === null ? [] : [glob.test()])))
  return (name) => names.has(name) || tests.some((test) => test(name))
}
