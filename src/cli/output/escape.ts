/** `hex` writes an escape as `\x1b`, `json` as `\u001b`, which JSON reads. */
export type EscapeStyle = 'hex' | 'json'

const CONTROL = /[\x00-\x1f\x7f-\x9f]/g
const CONTROL_IN_LINES = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g
/** As CONTROL_IN_LINES, for UTF-8 with one character a byte; other sequences are matched to be left alone. */
const CONTROL_BYTES =
  /[\x00-\x08\x0b-\x1f\x7f-\x9f]|\xc2[\x80-\x9f]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}/g

/** A value on a single line: no character of it ends the line, moves the cursor or controls a terminal. */
export const escapeName = (text: string): string => text.replace(CONTROL, hex)

/** Text in which newlines and tabs stay, and no other character controls a terminal. */
export const escapeText = (text: string, style: EscapeStyle = 'hex'): string =>
  text.replace(CONTROL_IN_LINES, style === 'hex' ? hex : json)

/** As `escapeText`, for bytes that may be anything; what is not UTF-8 stays as it is unless it controls a terminal. */
export function escapeBytes(bytes: Uint8Array, style: EscapeStyle = 'hex'): Uint8Array {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const escaped = text.replace(CONTROL_BYTES, (found) => {
    const isControl = found.length === 1 || (found.length === 2 && found < '\xc2\xa0')
    if (!isControl) return found
    return style === 'hex' ? hex(found.at(-1)!) : json(found.at(-1)!)
  })
  return escaped === text ? bytes : Buffer.from(escaped, 'latin1')
}

const hex = (character: string): string => `\\x${code(character, 2)}`
const json = (character: string): string => `\\u${code(character, 4)}`

const code = (character: string, digits: number): string =>
  character.charCodeAt(0).toString(16).padStart(digits, '0')
