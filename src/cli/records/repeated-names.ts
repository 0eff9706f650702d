/** A name that an object of this JSON has twice, which JSON.parse passes over; null when none has. The text is JSON. */
export function findRepeatedName(json: string): string | null {
  /** The names of the objects that are open here; null for a list. */
  const open: (string[] | null)[] = []
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case OPEN_BRACE:
        open.push([])
        break
      case OPEN_BRACKET:
        open.push(null)
        break
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        open.pop()
        break
      case QUOTE: {
        const end = endOfString(json, at)
        const names = open.at(-1)
        if (names && isName(json, end)) {
          const name = nameOf(json.slice(at, end))
          if (names.includes(name)) return name
          names.push(name)
        }
        at = end - 1
      }
    }
  }
  return null
}

const QUOTE = 0x22
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d]
const BACKSLASH = 0x5c

/** Where the string that opens at `start` ends, its closing quote included. */
function endOfString(json: string, start: number): number {
  let at = json.indexOf('"', start + 1)
  while (isEscaped(json, at, start)) at = json.indexOf('"', at + 1)
  return at + 1
}

/** Whether an odd number of backslashes stands in front. */
function isEscaped(json: string, at: number, start: number): boolean {
  let first = at
  while (first - 1 > start && json.charCodeAt(first - 1) === BACKSLASH) first--
  return (at - first) % 2 === 1
}

/** A string is a name when a colon follows it. */
function isName(json: string, end: number): boolean {
  let at = end
  while (json.charCodeAt(at) <= 0x20) at++
  return json[at] === ':'
}

const nameOf = (literal: string): string =>
  literal.includes('\\') ? (JSON.parse(literal) as string) : literal.slice(1, -1)
