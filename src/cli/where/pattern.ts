import { Glob } from '../patterns/glob.ts'
import { JavaPattern } from '../patterns/java-pattern.ts'
import { PatternError } from '../patterns/node.ts'
import { patternFlags } from '../patterns/search-flags.ts'
import type { Scanner } from './scanner.ts'

/** Something of a record that a pattern is held against; text is null where there is nothing. */
export interface Leaf {
  readonly text: string | null
  /** A text in JSON, or bytes; not a number, true or false, a list or an object. */
  readonly isText: boolean
}

export type Matcher = (leaf: Leaf) => boolean

const SLASH = String.raw`a text that begins with / is written \/`

/** Takes the rest: `/regex/flags`, `"text"`, `null`, or a text in which * and ? stand for others. Loads what it needs. */
export function takePattern(scanner: Scanner): () => Promise<Matcher> {
  const quoted = scanner.takeQuoted()
  if (quoted !== null) {
    if (!scanner.isAtEnd) return scanner.refuse('nothing may follow the text in quotes')
    return async () => (leaf) => leaf.isText && leaf.text === quoted
  }
  if (scanner.take('/')) {
    const pattern = takeRegex(scanner)
    return async () => {
      const engine = await pattern.engine({ isWhole: false })
      return ({ text }) => text !== null && engine.test(text)
    }
  }
  const text = scanner.rest()
  if (text === 'null') return async () => (leaf) => leaf.text === null
  if (!/[*?\\]/.test(text)) return async () => (leaf) => leaf.text === text
  const glob = new Glob(text, { hasEscapes: true })
  return async () => {
    const test = await glob.test()
    return (leaf) => leaf.text !== null && test(leaf.text)
  }
}

function takeRegex(scanner: Scanner): JavaPattern {
  const rest = scanner.rest()
  const [, source, flags] = /^([\s\S]*)\/([a-z]*)$/.exec(rest) ?? []
  if (source === undefined || flags === undefined) {
    return scanner.refuse(`the / that closes the regular expression is missing; ${SLASH}`)
  }
  if (/[^imsu]/.test(flags)) {
    scanner.back(flags.length)
    return scanner.refuse(`after the closing / only i, m, s and u may stand; ${SLASH}`)
  }
  try {
    return new JavaPattern(source, patternFlags(flags))
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    scanner.back(rest.length)
    return scanner.refuse(`not a regular expression: ${error.message}`)
  }
}
