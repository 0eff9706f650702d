// Names that a regular expression of Java chooses. Most of them are a plain name, for which nothing more is loaded.

import { Failure } from '../failures.ts'

export type NameTest = (name: string) => boolean

/** A test whether a whole name matches a regular expression of Java; Failure in Kafka's words when it is none. */
export async function javaMatcher(pattern: string): Promise<NameTest> {
  if (!/[\\^$.*+?()[\]{}]/.test(pattern)) {
    const names = new Set(pattern.split('|'))
    return (name) => names.has(name)
  }
  if (pattern === '.*') return (name) => !/[\n\r\x85\u2028\u2029]/.test(name)
  const [{ JavaPattern }, { PatternError }] = await Promise.all([
    import('./java-pattern.ts'),
    import('./node.ts'),
  ])
  try {
    const engine = await new JavaPattern(pattern).engine({ isWhole: true })
    return (name) => engine.test(name)
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    throw new Failure(`${pattern} is an invalid regex.`, { hint: error.message, cause: error })
  }
}

/** Topic names that a list of patterns chooses, as Kafka's tools read it: `a,b.*` stands for `a|b.*`. */
export const includeList = (text: string): Promise<NameTest> => javaMatcher(includePattern(text))

/** The one regular expression that a list of patterns stands for. */
export function includePattern(text: string): string {
  return text
    .trim()
    .replaceAll(',', '|')
    .replaceAll(' ', '')
    .replace(/^["']+/, '')
    .replace(/["']+$/, '')
}
