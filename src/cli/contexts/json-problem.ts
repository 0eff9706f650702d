// JSON.parse says in some messages where it stopped and in others not, and quotes the text around it, which may be a
// password. Only files that people break come here.

const SPACE = /[ \t\n\r]*/y
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

/** Where a text stops being JSON, as `line 3, column 7`. */
export function jsonProblem(text: string): string {
  const before = text.slice(0, stopOf(text)).split('\n')
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`
}

function stopOf(text: string): number {
  let at = 0
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const found = pattern.test(text)
    if (found) at = pattern.lastIndex
    return found
  }
  const sign = (character: string): boolean => {
    take(SPACE)
    if (text[at] !== character) return false
    at++
    take(SPACE)
    return true
  }
  const items = (end: string, item: () => boolean): boolean => {
    if (sign(end)) return true
    do if (!item()) return false
    while (sign(','))
    return sign(end)
  }
  const value = (): boolean => {
    if (sign('{')) return items('}', () => take(STRING) && sign(':') && value())
    if (sign('[')) return items(']', value)
    return take(STRING) || take(SCALAR)
  }
  value()
  return at
}
