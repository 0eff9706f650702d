const MAX_LENGTH = 80

/** Text from outside in quotes, for a message: what does not print is escaped, what is long is cut. */
export function quoted(text: string): string {
  const shown = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text
  return `'${shown.replace(/[^\x20-\x7e…]/g, escaped)}'`
}

function escaped(character: string): string {
  const code = character.charCodeAt(0)
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`
}
