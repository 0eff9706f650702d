// The names of \p{…}: Java's own, and those of Unicode that JavaScript knows, too.

import { type CharSet, charsOf, MAX_CODE_POINT, negated, type Range, union } from '../char-set.ts'
import { unicodeSet } from './unicode.ts'

const code = (char: string): number => char.charCodeAt(0)
const range = (text: string): Range => [code(text[0]!), code(text.at(-1)!)]
const DIGIT = charsOf(range('0-9'))
const LOWER = charsOf(range('a-z'))
const UPPER = charsOf(range('A-Z'))
const ALPHA = union(LOWER, UPPER)

export const ASCII_CLASSES: Readonly<Record<string, CharSet>> = {
  ASCII: charsOf([0, 0x7f]),
  Alnum: union(ALPHA, DIGIT),
  Alpha: ALPHA,
  Blank: charsOf(0x20, 0x09),
  Cntrl: charsOf([0, 0x1f], 0x7f),
  Digit: DIGIT,
  Graph: charsOf(range('!-~')),
  Lower: LOWER,
  Print: charsOf(range(' -~')),
  Punct: charsOf(range('!-/'), range(':-@'), range('[-`'), range('{-~')),
  Space: charsOf([0x09, 0x0d], 0x20),
  Upper: UPPER,
  XDigit: union(DIGIT, charsOf(range('a-f'), range('A-F'))),
}

/** What these names mean after (?U), as Unicode's properties. */
const UNICODE_CLASSES: Readonly<Record<string, string>> = {
  Alnum: '[\\p{Alphabetic}\\p{Nd}]',
  Alpha: '\\p{Alphabetic}',
  Blank: '[\\p{Zs}\\t]',
  Cntrl: '\\p{Cc}',
  Digit: '\\p{Nd}',
  Graph: '[^\\p{White_Space}\\p{Cc}\\p{Cs}\\p{Cn}]',
  Lower: '\\p{Lowercase}',
  Print: '[^\\p{Zl}\\p{Zp}\\p{Cc}\\p{Cs}\\p{Cn}]',
  Punct: '\\p{P}',
  Space: '\\p{White_Space}',
  Upper: '\\p{Uppercase}',
  XDigit: '[\\p{Nd}\\p{Hex_Digit}]',
}

const JAVA_METHODS: Readonly<Record<string, string>> = {
  javaAlphabetic: '\\p{Alphabetic}',
  javaDefined: '\\P{Cn}',
  javaDigit: '\\p{Nd}',
  javaISOControl: '\\p{Cc}',
  javaIdeographic: '\\p{Ideographic}',
  javaLetter: '\\p{L}',
  javaLetterOrDigit: '[\\p{L}\\p{Nd}]',
  javaLowerCase: '\\p{Lowercase}',
  javaSpaceChar: '\\p{Z}',
  javaTitleCase: '\\p{Lt}',
  javaUpperCase: '\\p{Uppercase}',
  javaWhitespace: '[\\t-\\r\\x1c-\\x1f]|(?![\\xa0\\u2007\\u202f])\\p{Z}',
}

/** Properties of Unicode under the names that Java has for them, after `Is`; upper case here. */
const BINARY: Readonly<Record<string, string>> = {
  ALPHABETIC: 'Alphabetic',
  IDEOGRAPHIC: 'Ideographic',
  LETTER: 'L',
  LOWERCASE: 'Lowercase',
  UPPERCASE: 'Uppercase',
  TITLECASE: 'Lt',
  WHITE_SPACE: 'White_Space',
  WHITESPACE: 'White_Space',
  CONTROL: 'Cc',
  PUNCTUATION: 'P',
  HEX_DIGIT: 'Hex_Digit',
  HEXDIGIT: 'Hex_Digit',
  ASSIGNED: 'Assigned',
  NONCHARACTER_CODE_POINT: 'Noncharacter_Code_Point',
  NONCHARACTERCODEPOINT: 'Noncharacter_Code_Point',
  DIGIT: 'Nd',
  ALNUM: 'Alnum',
  JOIN_CONTROL: 'Join_Control',
  JOINCONTROL: 'Join_Control',
  EMOJI: 'Emoji',
}

/** The set of a property, or undefined when there is none of this name. */
export function findProperty(
  name: string,
  { isUnicode }: { readonly isUnicode: boolean },
): CharSet | undefined {
  const [, key, value] = /^([^=]*)=(.*)$/s.exec(name) ?? []
  if (key !== undefined && value !== undefined) {
    if (/^(sc|script)$/i.test(key)) return scriptSet(value)
    if (/^(gc|general_category)$/i.test(key)) return categorySet(value)
    return undefined
  }
  if (isUnicode && Object.hasOwn(UNICODE_CLASSES, name)) return unicodeSet(UNICODE_CLASSES[name]!)
  if (Object.hasOwn(ASCII_CLASSES, name)) return ASCII_CLASSES[name]
  if (Object.hasOwn(JAVA_METHODS, name)) return unicodeSet(JAVA_METHODS[name]!)
  if (/^Is./.test(name))
    return binarySet(name.slice(2)) ?? categorySet(name.slice(2)) ?? scriptSet(name.slice(2))
  return categorySet(name)
}

function binarySet(name: string): CharSet | undefined {
  const upper = name.toUpperCase()
  if (!Object.hasOwn(BINARY, upper)) return undefined
  const property = BINARY[upper]!
  return unicodeSet(property === 'Alnum' ? UNICODE_CLASSES.Alnum! : `\\p{${property}}`)
}

function categorySet(name: string): CharSet | undefined {
  if (name === 'LD') return unicodeSet('[\\p{L}\\p{Nd}]')
  if (name === 'L1') return charsOf([0, 0xff])
  if (name === 'all') return charsOf([0, MAX_CODE_POINT])
  return /^([LMNZCPS]|LC|C[cfnos]|L[ulmot]|M[cen]|N[dlo]|P[cdefios]|S[ckmo]|Z[lps])$/.test(name)
    ? unicodeSet(`\\p{${name}}`)
    : undefined
}

function scriptSet(name: string): CharSet | undefined {
  const spelled = name.replace(/[^_]+/g, (word) => word[0]!.toUpperCase() + word.slice(1).toLowerCase())
  return /^[A-Za-z_]+$/.test(name) ? unicodeSet(`\\p{Script=${spelled}}`) : undefined
}

const WORD: CharSet = union(ASCII_CLASSES.Alnum!, charsOf(code('_')))
const LINE_BREAK: CharSet = charsOf([0x0a, 0x0d], 0x85, 0x2028, 0x2029)
const HORIZONTAL_SPACE: CharSet = charsOf(
  0x09,
  0x20,
  0xa0,
  0x1680,
  0x180e,
  [0x2000, 0x200a],
  0x202f,
  0x205f,
  0x3000,
)

/** The set of `\d`, `\W` and their like; undefined for other letters. */
export function shorthand(
  letter: string,
  { isUnicode }: { readonly isUnicode: boolean },
): CharSet | undefined {
  const lower = letter.toLowerCase()
  const set = shorthandOf(lower, isUnicode)
  return set === undefined || lower === letter ? set : negated(set)
}

function shorthandOf(letter: string, isUnicode: boolean): CharSet | undefined {
  switch (letter) {
    case 'd':
      return isUnicode ? unicodeSet('\\p{Nd}') : DIGIT
    case 's':
      return isUnicode ? unicodeSet('\\p{White_Space}') : ASCII_CLASSES.Space
    case 'w':
      return isUnicode ? unicodeSet('[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]') : WORD
    case 'h':
      return HORIZONTAL_SPACE
    case 'v':
      return LINE_BREAK
    default:
      return undefined
  }
}
