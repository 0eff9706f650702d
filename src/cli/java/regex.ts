import { Failure } from '../failures.ts'

// What Java's regular expressions write otherwise than JavaScript's, as far as people use it to name topics.
const POSIX: Record<string, string> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  Alpha: 'a-zA-Z',
  Digit: '0-9',
  Alnum: 'a-zA-Z0-9',
  Punct: '!-\\/:-@\\[-`{-~',
  Space: '\\s',
}

/** A Java regular expression, to be searched for in a text; Failure when it is none. */
export function javaRegExp(pattern: string, flags = ''): RegExp {
  try {
    return new RegExp(translate(pattern), flags)
  } catch (error) {
    throw new Failure(`${pattern} is an invalid regex.`, { cause: error })
  }
}

/** A test whether a whole name matches a Java regular expression; Failure in Kafka's words when it is none. */
export function javaMatcher(pattern: string): (name: string) => boolean {
  const [, flags = '', body = ''] = /^(?:\(\?([is]+)\))?([\s\S]*)$/.exec(pattern)!
  try {
    const regex = new RegExp(`^(?:${translate(body)})$`, flags)
    return (name) => regex.test(name)
  } catch (error) {
    throw new Failure(`${pattern} is an invalid regex.`, { cause: error })
  }
}

function translate(body: string): string {
  return body
    .replace(/\\Q([\s\S]*?)(?:\\E|$)/g, (_, literal: string) =>
      literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'),
    )
    .replace(/\\p\{(\w+)\}/g, (whole, name: string) => (name in POSIX ? `[${POSIX[name]}]` : whole))
    .replace(/([*+?}])\+/g, '$1')
}

/** Topic names that a list of patterns chooses, as Kafka's tools read it: `a,b.*` stands for `a|b.*`. */
export function includeList(text: string): (topic: string) => boolean {
  const pattern = text
    .trim()
    .replaceAll(',', '|')
    .replaceAll(' ', '')
    .replace(/^["']+/, '')
    .replace(/["']+$/, '')
  return javaMatcher(pattern)
}
