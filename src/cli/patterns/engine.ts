import type { RE2JS } from 're2js'
import { linearSource } from './linear.ts'
import type { Node } from './node.ts'

/** Where a part of a text is that matches. */
export interface Match {
  readonly start: number
  readonly end: number
}

/** A pattern that is ready to run. */
export interface Engine {
  test(text: string): boolean
  /** The parts that match, one after the other. */
  matchAll(text: string): Iterable<Match>
}

/** The linear engine, or where it does not know the pattern the one that is given a limit. `isWhole`: all of a text has to match. */
export async function engineFor(
  node: Node,
  pattern: string,
  { isWhole }: { readonly isWhole: boolean },
): Promise<Engine> {
  const source = linearSource(node, { isWhole })
  const linear = source === null ? null : await linearEngine(source)
  if (linear !== null) return linear
  const { limitedEngine } = await import('./limited.ts')
  return limitedEngine(node, pattern, { isWhole })
}

/** Null where the pattern is too large for it. */
async function linearEngine(source: string): Promise<Engine | null> {
  const { RE2JS, RE2JSException } = await import('re2js')
  let regex: RE2JS
  try {
    regex = RE2JS.compile(source)
  } catch (error) {
    if (error instanceof RE2JSException) return null
    throw error
  }
  return {
    test: (text) => regex.test(text),
    *matchAll(text) {
      const matcher = regex.matcher(text)
      while (matcher.find()) yield { start: matcher.start(), end: matcher.end() }
    },
  }
}
