/** One option as it is declared; `flags` is in commander's notation: `-t, --topic <name>`. */
export interface OptionSpec {
  readonly flags: string
  /** For the help: one line of about 60 characters. */
  readonly help: string
  /** What else there is to know; on the tool's page in docs/tools. */
  readonly details?: string
  /** Turns the text into the value; throws BadValue for text that makes no sense. */
  readonly parse?: (text: string) => unknown
  readonly default?: unknown
  readonly required?: boolean
  /** May be given several times: the value is an array, empty when the option is absent. */
  readonly repeatable?: boolean
  /** The notice that is printed, once, when somebody uses the option's older spelling. */
  readonly deprecated?: string
  /** An option that Kafka's tool lacks; the help marks it. */
  readonly own?: boolean
  /** The heading it stands under in the help of a tool with many options: `Which records`. */
  readonly section?: string
  /** Few will ever need it: the help has its name only, the page in docs/tools the rest. */
  readonly rare?: boolean
  /** What its value can be, for completion, and for `did you mean` where that is a list. */
  readonly completes?: Completes
}

/** Names that a cluster or a configuration holds, paths, or the only values there are. */
export type Completes = 'topic' | 'group' | 'context' | 'file' | 'folder' | readonly string[]

export type OptionSpecs = Readonly<Record<string, OptionSpec>>

type One<S extends OptionSpec> = S extends { parse: (text: string) => infer T }
  ? T
  : S['flags'] extends `${string}<${string}`
    ? string
    : S['flags'] extends `${string}[${string}`
      ? string | true
      : boolean

type ValueOf<S extends OptionSpec> = S extends { repeatable: true }
  ? One<S>[]
  : S extends { required: true }
    ? One<S>
    : S extends { default: infer D }
      ? One<S> | D
      : S['flags'] extends `${string}<${string}` | `${string}[${string}`
        ? One<S> | undefined
        : boolean

/** What `run` gets: a value for each option, undefined only where none is required and there is no default. */
export type Values<O extends OptionSpecs> = { readonly [K in keyof O]: ValueOf<O[K]> }

/** Which options stand on the command line, before any value was looked at. */
export interface Given<Key extends string = string> {
  has(key: Key): boolean
  /** The texts given for an option, in order. */
  texts(key: Key): readonly string[]
  /** The options in the order they were given, each as often as it was. */
  readonly order: readonly Key[]
  /** What stands behind `--`, of a tool that takes a command there; null without the dashes. */
  readonly command: readonly string[] | null
}

/** Text that an option cannot take; the tool's own sentence names the option. */
export class BadValue extends Error {
  override readonly name = 'BadValue'
  /** True when `message` says it all, and the usual sentence around it is not wanted. */
  readonly isWhole: boolean

  constructor(message: string, { isWhole = false } = {}) {
    super(message)
    this.isWhole = isWhole
  }
}

/** The option's long name without dashes: `topic` of `-t, --topic <name>`. */
export function longName(spec: OptionSpec): string {
  return /--([\w.-]+)/.exec(spec.flags)?.[1] ?? spec.flags
}

/** The option's letter, if it has one. */
export function shortName(spec: OptionSpec): string | undefined {
  return /^-(\w)\b/.exec(spec.flags)?.[1]
}

export function takesValue(spec: OptionSpec): 'always' | 'maybe' | 'never' {
  if (spec.flags.includes('<')) return 'always'
  return spec.flags.includes('[') ? 'maybe' : 'never'
}

/** The arguments in front of `--`: what stands behind it is no option, whatever it looks like. */
export function optionArguments(args: readonly string[]): readonly string[] {
  const dashes = args.indexOf('--')
  return dashes < 0 ? args : args.slice(0, dashes)
}
