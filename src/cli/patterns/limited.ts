// Patterns that no linear engine knows run in JavaScript's own, which may take a time that grows without bounds. Where that
// cannot be excluded beforehand, a run is ended after a while, which `node:vm` does also within an expression.

import { createContext, Script } from 'node:vm'
import { Failure } from '../failures.ts'
import { backtrackingSource } from './backtracking.ts'
import type { Engine } from './engine.ts'
import type { Node } from './node.ts'

const LIMIT_MS = 500
/** Steps that certainly take less than that. */
const FEW_STEPS = 1e6

/** Runs any pattern; fails naming it when that takes too long. */
export function limitedEngine(
  node: Node,
  pattern: string,
  { isWhole }: { readonly isWhole: boolean },
): Engine {
  const source = backtrackingSource(node)
  const regex = new RegExp(isWhole ? `^(?:${source})$` : source, 'gu')
  const stepsFrom = stepsOf(node)
  const place = { regex, text: '' }
  let runLimited: (() => RegExpExecArray | null) | undefined
  const find = (text: string, from: number) => {
    regex.lastIndex = from
    if (stepsFrom(text.length) * (text.length + 1) <= FEW_STEPS) return regex.exec(text)
    place.text = text
    runLimited ??= limited(place, pattern)
    return runLimited()
  }
  return {
    test: (text) => find(text, 0) !== null,
    *matchAll(text) {
      for (let from = 0; from <= text.length; ) {
        const found = find(text, from)
        if (found === null) return
        const end = found.index + found[0].length
        yield { start: found.index, end }
        // Not into the middle of a character: the expression would step back to where it begins.
        from = end > found.index ? end : end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1)
      }
    },
  }
}

function limited(
  place: { readonly regex: RegExp; readonly text: string },
  pattern: string,
): () => RegExpExecArray | null {
  const context = createContext(place)
  const script = new Script('regex.exec(text)')
  return () => {
    try {
      return script.runInContext(context, { timeout: LIMIT_MS }) as RegExpExecArray | null
    } catch (error) {
      // It was made in another context, so that it is not an Error of ours.
      if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
      const shown = place.text.length > 60 ? `${place.text.slice(0, 60)}…` : place.text
      throw new Failure(
        `the regular expression '${pattern}' was not decided within ${LIMIT_MS} ms for '${shown}'`,
        {
          hint: 'it takes time in proportion to the text without look-around, references and possessive quantifiers',
        },
      )
    }
  }
}

type Steps = (length: number) => number

/** How many steps a pattern may take at most from one place of a text of `length` characters. */
function stepsOf(node: Node): Steps {
  switch (node.type) {
    case 'sequence':
      return product(node.items.map(stepsOf))
    case 'choice': {
      const options = node.options.map(stepsOf)
      return (length) => options.reduce((sum, option) => sum + option(length), 0)
    }
    case 'repeat': {
      if (node.item.type === 'set') return (length) => 1 + Math.min(node.max, length)
      const item = stepsOf(node.item)
      // Each round may go several ways: their number is a power of the rounds.
      return node.max === 1 ? (length) => 1 + item(length) : () => Number.POSITIVE_INFINITY
    }
    case 'capture':
    case 'atomic':
    case 'look':
      return stepsOf(node.item)
    case 'reference':
      return (length) => 1 + length
    default:
      return () => 1
  }
}

const product =
  (parts: readonly Steps[]): Steps =>
  (length) =>
    parts.reduce((steps, part) => steps * part(length), Math.max(1, parts.length))
