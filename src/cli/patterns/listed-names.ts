import { JavaPattern } from './java-pattern.ts'
import { type Node, PatternError } from './node.ts'

/** More are not named one by one. */
const MAX_NAMES = 1000

/**
 * The names that a regular expression of Java names one by one, as `a|b` and `orders-[1-3]` do; null where it stands for
 * names that nobody wrote, as `orders.*` does.
 */
export function listedNames(pattern: string): readonly string[] | null {
  try {
    return namesOf(new JavaPattern(pattern).node)
  } catch (error) {
    if (error instanceof PatternError) return null
    throw error
  }
}

function namesOf(node: Node): readonly string[] | null {
  switch (node.type) {
    case 'set': {
      const count = node.set.reduce((sum, [from, to]) => sum + to - from + 1, 0)
      if (count > MAX_NAMES) return null
      return node.set.flatMap(([from, to]) =>
        Array.from({ length: to - from + 1 }, (_, at) => String.fromCodePoint(from + at)),
      )
    }
    case 'sequence':
      return node.items.reduce<readonly string[] | null>(
        (before, item) => before && combined(before, namesOf(item)),
        [''],
      )
    case 'choice': {
      const all = node.options.map(namesOf)
      return all.includes(null) ? null : limited(all.flatMap((names) => names ?? []))
    }
    case 'capture':
      return namesOf(node.item)
    default:
      return null
  }
}

function combined(before: readonly string[], after: readonly string[] | null): readonly string[] | null {
  if (after === null || before.length * after.length > MAX_NAMES) return null
  return before.flatMap((start) => after.map((end) => start + end))
}

const limited = (names: readonly string[]): readonly string[] | null =>
  names.length > MAX_NAMES ? null : names
