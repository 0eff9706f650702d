// The text of sasl.jaas.config: `module flag option="value" … ;`, read as java.io.StreamTokenizer reads it. What is
// not quoted must begin with a letter; a slash begins a comment. No message repeats what may be a secret that slipped
// out of its quotes.

import { SettingError } from '../config/setting-error.ts'
import { HIDDEN, Secret } from './secret.ts'

export interface JaasEntry {
  readonly module: string
  readonly options: ReadonlyMap<string, Secret>
}

interface Token {
  /** A word, a quoted text, a number, or the character itself. */
  readonly type: 'word' | 'quoted' | 'number' | 'other'
  readonly text: string
}

const FLAGS = ['required', 'requisite', 'sufficient', 'optional']

const HINT =
  'sasl.jaas.config is org.apache.kafka.common.security.plain.PlainLoginModule required username="…" password="…"; ' +
  '(with the module of the mechanism, each value in quotes, a semicolon at the end)'

const fail = (message: string): never => {
  throw new SettingError(message, { hint: HINT })
}

/** The one entry of a text; SettingError in Kafka's words when it is none. */
export function parseJaas(text: string): JaasEntry {
  const tokens = [...tokenize(text)]
  const entries: JaasEntry[] = []
  while (tokens.length > 0) entries.push(takeEntry(tokens))
  if (entries.length === 0) fail('Login module not specified in JAAS config')
  if (entries.length > 1) {
    fail(`JAAS config property contains ${entries.length} login modules, should be 1 module`)
  }
  return entries[0]!
}

function takeEntry(tokens: Token[]): JaasEntry {
  const module = textOf(tokens.shift()) ?? ''
  if (tokens.length === 0) fail('Login module control flag not specified in JAAS config')
  const flag = textOf(tokens.shift())
  if (flag === null) fail('Login module control flag is not available in the JAAS config')
  else if (!FLAGS.includes(flag.toLowerCase())) {
    fail(`Invalid login module control flag '${shown(flag)}' in JAAS config`)
  }
  const options = new Map<string, Secret>()
  for (;;) {
    const token = tokens.shift()
    if (token === undefined) return fail('JAAS config entry not terminated by semi-colon')
    if (isChar(token, ';')) return { module, options }
    const key = textOf(token)
    const value = isChar(tokens[0], '=') ? textOf(tokens[1]) : null
    if (key === null || value === null) {
      return fail(`Value not specified for key '${key === null ? key : shown(key)}' in JAAS config`)
    }
    tokens.splice(0, 2)
    options.set(key, new Secret(value))
  }
}

const isChar = (token: Token | undefined, char: string): boolean =>
  token?.type === 'other' && token.text === char

/** What the tokenizer calls sval: numbers have none. */
const textOf = (token: Token | undefined): string | null =>
  token?.type === 'word' || token?.type === 'quoted' ? token.text : null

const KNOWN_NAME =
  /^(username|password|tokenauth|clientId|clientSecret|scope|extension_\w+|unsecuredLogin[A-Z]\w*)$/

/** A name that Kafka's modules know; anything else may be the rest of a password. */
const shown = (text: string): string => (KNOWN_NAME.test(text) ? text : HIDDEN)

const SPACE = /[\x00-\x20]+/y
const COMMENT = /\/\*[\s\S]*?(?:\*\/|$)|\/[^\r\n]*/y
const WORD = /[A-Za-z_$\u00a0-\uffff][\w$.\-\u00a0-\uffff]*/y
const NUMBER = /-?(?:\d+\.?\d*|\.\d+)/y
const QUOTED = /(["'])((?:\\[\s\S]|(?!\1)[^\\\r\n])*)(?:\1|(?=[\r\n])|$)/y

function* tokenize(text: string): Generator<Token> {
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match !== null) at = pattern.lastIndex
    return match
  }
  while (at < text.length) {
    if (take(SPACE) || take(COMMENT)) continue
    const word = take(WORD)
    const quoted = word ? null : take(QUOTED)
    const number = word || quoted ? null : take(NUMBER)
    if (word) yield { type: 'word', text: word[0] }
    else if (quoted) yield { type: 'quoted', text: unescaped(quoted[2]!) }
    else if (number) yield { type: 'number', text: number[0] }
    else yield { type: 'other', text: text[at++]! }
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

const unescaped = (text: string): string =>
  text.replace(/\\(?:([0-3][0-7]{2}|[0-7]{1,2})|([\s\S]))/g, (_, octal?: string, letter: string = '') =>
    octal === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(octal, 8)),
  )
