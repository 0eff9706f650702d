import type { CharSet } from './char-set.ts'
import { type Node, PatternError, type Place } from './node.ts'

/** A pattern in the syntax of JavaScript's expressions with the flag `u`. */
export function backtrackingSource(node: Node): string {
  return new Printer().print(node)
}

/** Numbers groups itself: those that give nothing back are made of groups and references, too. */
class Printer {
  #atomics = 0
  #captures = 0
  #isBehind = false

  print(node: Node): string {
    switch (node.type) {
      case 'set':
        return printSet(node.set)
      case 'sequence':
        return node.items.map((item) => this.#item(item)).join('')
      case 'choice':
        return node.options.map((option) => this.print(option)).join('|')
      case 'capture':
        this.#captures = Math.max(this.#captures, node.number)
        return `(?<g${node.number}>${this.print(node.item)})`
      case 'repeat': {
        const isOpen = node.max === 0x7fff_ffff
        const counts = isOpen ? `{${node.min},}` : `{${node.min},${node.max}}`
        return `(?:${this.print(node.item)})${counts}${node.isLazy ? '?' : ''}`
      }
      case 'atomic': {
        // JavaScript looks behind from right to left, so that the reference would come first.
        if (this.#isBehind)
          throw new PatternError('possessive quantifiers within look-behind are not supported')
        // A look-ahead is not entered again, and a reference takes just what it found.
        const name = `a${this.#atomics++}`
        return `(?=(?<${name}>${this.print(node.item)}))\\k<${name}>`
      }
      case 'look':
        return this.#look(node)
      case 'place':
        return PLACES[node.place]
      case 'reference':
        // Of a group further on, or of none: nothing matches. (JavaScript takes one that has not matched for the empty text.)
        return node.number > this.#captures ? NOTHING : `\\k<g${node.number}>`
    }
  }

  #look({ isAhead, isNegative, item }: Node & { readonly type: 'look' }): string {
    const wasBehind = this.#isBehind
    this.#isBehind = !isAhead
    const text = this.print(item)
    this.#isBehind = wasBehind
    return `(?${isAhead ? '' : '<'}${isNegative ? '!' : '='}${text})`
  }

  #item(node: Node): string {
    return node.type === 'choice' ? `(?:${this.print(node)})` : this.print(node)
  }
}

const NOTHING = '(?!)'

const PLACES: Readonly<Record<Place, string>> = {
  start: '^',
  end: '$',
  final: '(?=(?:\\r\\n|(?<!\\r)\\n|[\\r\\x85\\u2028\\u2029])?$)',
  lineStart: '(?<![^\\n])',
  lineEnd: '(?![^\\n])',
  word: '\\b',
  notWord: '\\B',
}

function printSet(set: CharSet): string {
  return `[${set.map(([from, to]) => `\\u{${from.toString(16)}}-\\u{${to.toString(16)}}`).join('')}]`
}
