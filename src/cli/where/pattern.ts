import type { Scanner } from './scanner.ts'

/** Something of a record that a pattern is held against; text is null where there is nothing. */
export interface Leaf {
  readonly text: string | null
  /** A text in JSON, or bytes; not a number, true or false, a list or an object. */
  readonly isText: boolean
}

export type Matcher = (leaf: Leaf) => boolean

const SLASH = String.raw`a text that begins with / is written \/`

/** Takes the rest: `/regex/flags`, `"text"`, `null`, or a text in which * and ? stand for others. */
export function takePattern(scanner: Scanner): Matcher {
  const quoted = scanner.takeQuoted()
  if (quoted !== null) {
    if (!scanner.isAtEnd) return scanner.refuse('nothing may follow the text in quotes')
    return ({ text, isText }) => isText && text === quoted
  }
  if (scanner.take('/')) {
    const regex = takeRegex(scanner)
    return ({ text }) => text !== null && regex.test(text)
  }
  const glob = scanner.rest()
  if (glob === 'null') return ({ text }) => text === null
  if (!/[*?\\]/.test(glob)) return ({ text }) => text === glob
  const regex = globRegex(glob)
  return ({ text }) => text !== null && regex.test(text)
}

function takeRegex(scanner: Scanner): RegExp {
  const rest = scanner.rest()
  const [, source, flags] = /^([\s\S]*)\/([a-z]*)$/.exec(rest) ?? []
  if (source === undefined || flags === undefined) {
    return scanner.refuse(`the / that closes the regular expression is missing; ${SLASH}`)
  }
  if (/[^imsu]/.test(flags)) {
    scanner.back(flags.length)
    return scanner.refuse(`behind the closing / may stand i, m, s and u; ${SLASH}`)
  }
  try {
    return new RegExp(source, flags)
  } catch (error) {
    scanner.back(rest.length)
    return scanner.refuse(
      (error as Error).message.replace(/^Invalid regular expression: /, 'no regular expression: '),
    )
  }
}

/** `*` stands for any text, `?` for one character, and a backslash takes either its meaning. */
function globRegex(glob: string): RegExp {
  const source = glob.replace(/\\([\s\S])|[*?]|[\s\S]/gu, (piece, escaped: string | undefined) => {
    if (escaped === undefined && piece === '*') return '.*'
    if (escaped === undefined && piece === '?') return '.'
    return (escaped ?? piece).replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
  })
  return new RegExp(`^${source}$`, 'su')
}
