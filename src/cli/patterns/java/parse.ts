import { charsOf, EVERY_CHAR, negated, only } from '../char-set.ts'
import { EMPTY, type Node, type Place } from '../node.ts'
import { takeClass } from './class.ts'
import { type Flags, NO_FLAGS, PatternCursor } from './cursor.ts'
import { oneChar, refuseEscape, takeCharEscape } from './escapes.ts'

/** Java's largest int: the limit of a repetition, and more than any text has characters. */
const MAX_REPETITIONS = 0x7fff_ffff

/** Reads a regular expression of Java; throws PatternError in Java's words. */
export function parseJavaPattern(pattern: string, flags: Partial<Flags> = {}): Node {
  return new Parser(pattern, { ...NO_FLAGS, ...flags }).parse()
}

const LINE_TERMINATORS = charsOf(0x0a, 0x0d, 0x85, 0x2028, 0x2029)

class Parser {
  readonly #cursor: PatternCursor
  readonly #names = new Map<string, number>()
  #captures = 0

  constructor(pattern: string, flags: Flags) {
    this.#cursor = new PatternCursor(pattern, flags)
  }

  parse(): Node {
    const cursor = this.#cursor
    const node = this.#choice()
    if (cursor.isAtEnd) return node
    throw cursor.error("Unmatched closing ')'")
  }

  #choice(): Node {
    const cursor = this.#cursor
    const options = cursor.within(() => {
      const found = [this.#sequence()]
      while (cursor.takeIf('|')) found.push(this.#sequence())
      return found
    })
    return options.length === 1 ? options[0]! : { type: 'choice', options }
  }

  #sequence(): Node {
    const cursor = this.#cursor
    const items: Node[] = []
    for (let char = cursor.peek(); char !== '' && char !== '|' && char !== ')'; char = cursor.peek()) {
      const item = this.#item(char)
      if (item !== null) items.push(this.#repeated(item))
    }
    return items.length === 1 ? items[0]! : { type: 'sequence', items }
  }

  /** Null where flags are all there is. */
  #item(char: string): Node | null {
    const cursor = this.#cursor
    if (char === '{') return EMPTY
    cursor.at++
    switch (char) {
      case '(':
        return this.#group()
      case '[':
        return { type: 'set', set: takeClass(cursor, true) }
      case '\\':
        return this.#escape()
      case '^':
        return place(cursor.flags.m ? 'lineStart' : 'start')
      case '$':
        return place(cursor.flags.m ? 'lineEnd' : 'final')
      case '.':
        return { type: 'set', set: anyChar(cursor.flags) }
      case '*':
      case '+':
      case '?':
        throw cursor.error(`Dangling meta character '${char}'`)
    }
    return { type: 'set', set: oneChar(char.codePointAt(0)!, cursor) }
  }

  #escape(): Node {
    const cursor = this.#cursor
    const found = takeCharEscape(cursor)
    if (found !== null)
      return { type: 'set', set: typeof found === 'number' ? oneChar(found, cursor) : found }
    const letter = cursor.raw
    if (/^[1-9]$/.test(letter)) return this.#reference()
    const known = PLACES[letter]
    if (known !== undefined) {
      cursor.at++
      if (letter === 'b' && cursor.raw === '{') throw cursor.unsupported('\\b{g}')
      return place(known)
    }
    switch (letter) {
      case 'R':
        cursor.at++
        return LINE_BREAK
      case 'k':
        return this.#namedReference()
      case 'G':
      case 'X':
        throw cursor.unsupported(`\\${letter}`)
    }
    return refuseEscape(cursor)
  }

  /** `\1`, or `\12` where there are as many groups. */
  #reference(): Node {
    const cursor = this.#cursor
    let number = Number(cursor.take())
    while (/^[0-9]$/.test(cursor.raw) && number * 10 + Number(cursor.raw) <= this.#captures) {
      number = number * 10 + Number(cursor.take())
    }
    return { type: 'reference', number }
  }

  #namedReference(): Node {
    const cursor = this.#cursor
    cursor.at++
    if (cursor.take() !== '<') throw cursor.error("\\k is not followed by '<' for named capturing group")
    const name = this.#groupName()
    const number = this.#names.get(name)
    if (number === undefined) throw cursor.error(`named capturing group <${name}> does not exist`)
    return { type: 'reference', number }
  }

  #groupName(): string {
    const cursor = this.#cursor
    if (!/^[A-Za-z]$/.test(cursor.raw)) {
      cursor.at++
      throw cursor.error('capturing group name does not start with a Latin letter')
    }
    const name = cursor.takeWhile(/^[A-Za-z0-9]$/)
    if (cursor.take() !== '>') throw cursor.error("named capturing group is missing trailing '>'")
    return name
  }

  /** A group after its `(`; null for flags alone, as (?i). */
  #group(): Node | null {
    const cursor = this.#cursor
    const { flags } = cursor
    if (!cursor.takeIf('?')) return this.#closed(flags, this.#capture())
    const char = cursor.take()
    switch (char) {
      case ':':
        return this.#closed(flags, this.#choice())
      case '>':
        return this.#closed(flags, { type: 'atomic', item: this.#choice() })
      case '=':
      case '!':
        return this.#closed(flags, this.#look(true, char === '!'))
      case '<':
        if (cursor.takeIf('=')) return this.#closed(flags, this.#look(false, false))
        if (cursor.takeIf('!')) return this.#closed(flags, this.#look(false, true))
        return this.#closed(flags, this.#namedCapture())
      case '$':
      case '@':
        throw cursor.error('Unknown group type')
    }
    cursor.at--
    this.#flags()
    const end = cursor.take()
    if (end === ')') return null
    if (end !== ':') throw cursor.error('Unknown inline modifier')
    return this.#closed(flags, this.#choice())
  }

  #capture(): Node {
    const number = ++this.#captures
    return { type: 'capture', number, item: this.#choice() }
  }

  #namedCapture(): Node {
    const name = this.#groupName()
    if (this.#names.has(name)) throw this.#cursor.error(`Named capturing group <${name}> is already defined`)
    this.#names.set(name, this.#captures + 1)
    return this.#capture()
  }

  #look(isAhead: boolean, isNegative: boolean): Node {
    return { type: 'look', isAhead, isNegative, item: this.#choice() }
  }

  /** Takes the `)`; flags that were set within the group end with it. */
  #closed(flags: Flags, node: Node): Node {
    const cursor = this.#cursor
    if (!cursor.takeIf(')')) {
      cursor.at++
      throw cursor.error('Unclosed group')
    }
    cursor.flags = flags
    return node
  }

  #flags(): void {
    const cursor = this.#cursor
    let isOn = true
    for (;;) {
      const flag = cursor.peek()
      if (flag === '-' && isOn) isOn = false
      else if (/^[idmsuxU]$/.test(flag)) cursor.flags = { ...cursor.flags, [flag]: isOn }
      else return
      cursor.at++
    }
  }

  #repeated(item: Node): Node {
    const cursor = this.#cursor
    const char = cursor.peek()
    if (char !== '{' && !/^[?*+]$/.test(char)) return item
    cursor.at++
    const [min, max] = char === '{' ? this.#counts() : COUNTS[char]!
    const isLazy = cursor.takeIf('?')
    const repeat: Node = { type: 'repeat', item, min, max, isLazy }
    return !isLazy && cursor.takeIf('+') ? { type: 'atomic', item: repeat } : repeat
  }

  /** `{2}`, `{2,}` and `{2,5}` after the `{`. */
  #counts(): readonly [min: number, max: number] {
    const cursor = this.#cursor
    const digits = cursor.takeWhile(/^[0-9]$/)
    if (digits === '') {
      cursor.at++
      throw cursor.error('Illegal repetition')
    }
    const min = Number(digits)
    let max = min
    let end = cursor.take()
    if (end === ',') {
      const more = cursor.takeWhile(/^[0-9]$/)
      end = cursor.take()
      max = more !== '' || end !== '}' ? Number(more) : MAX_REPETITIONS
    }
    if (Math.max(min, max) > MAX_REPETITIONS) throw cursor.error('Illegal repetition range')
    if (end !== '}') throw cursor.error('Unclosed counted closure')
    if (max < min) throw cursor.error('Illegal repetition range')
    return [min, max]
  }
}

const COUNTS: Readonly<Record<string, readonly [min: number, max: number]>> = {
  '?': [0, 1],
  '*': [0, MAX_REPETITIONS],
  '+': [1, MAX_REPETITIONS],
}

const PLACES: Readonly<Record<string, Place>> = {
  A: 'start',
  B: 'notWord',
  b: 'word',
  Z: 'final',
  z: 'end',
}

const place = (where: Place): Node => ({ type: 'place', place: where })

function anyChar({ s, d }: Flags) {
  if (s) return EVERY_CHAR
  return d ? negated(only(0x0a)) : negated(LINE_TERMINATORS)
}

/** `\R`. */
const LINE_BREAK: Node = {
  type: 'choice',
  options: [
    {
      type: 'sequence',
      items: [
        { type: 'set', set: only(0x0d) },
        { type: 'set', set: only(0x0a) },
      ],
    },
    { type: 'set', set: charsOf([0x0a, 0x0d], 0x85, 0x2028, 0x2029) },
  ],
}
