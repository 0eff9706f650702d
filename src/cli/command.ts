import type { Context } from './context.ts'
import type { Given, OptionSpecs, Values } from './option-spec.ts'
import type { Format } from './output/listing.ts'

/** A command line, or one that does not just exit with 0. */
export type Example =
  | string
  | {
      readonly line: string
      /** The exit code that it shows. */
      readonly exit?: number
      /** It goes on until it is interrupted. */
      readonly goesOn?: boolean
    }

export const lineOf = (example: Example): string => (typeof example === 'string' ? example : example.line)

export interface CommandSpec<O extends OptionSpecs> {
  readonly name: string
  /** One sentence for the help of the group this belongs to; a tool's own stands in the registry. */
  readonly summary?: string
  readonly options: O
  /** Options without a value that may also be written as a word: `topics list` for `topics --list`. */
  readonly words?: readonly (keyof O & string)[]
  /** Options that positional arguments fill, in this order. */
  readonly subjects?: readonly (keyof O & string)[]
  /** Takes a command to run behind `--`, as `serve --exec -- npm test`. */
  readonly takesCommand?: boolean
  /** What `-o` takes; a tool without it prints no data and has no `-o`. */
  readonly formats?: readonly Format[]
  /** Whose sentences usage errors have: those of jopt-simple or of argparse4j, as in the mirrored tool. */
  readonly style?: 'jopt' | 'argparse'
  /** Refuses wrong combinations; runs before values are read, as in Kafka. */
  readonly check?: (given: Given<keyof O & string>) => void
  readonly failure?: FailureSpec
  /** Three for a tool, without the leading `ktool`; a test runs them. A sub-command has one to three. */
  readonly examples?: readonly Example[]
  /** `ktool serve` lacks the broker side: its examples are run against Apache Kafka. */
  readonly needsKafka?: boolean
  /** The tool ends by itself when it is interrupted, and is waited for. */
  readonly endsOnInterrupt?: boolean
  /** The exit code, 0 when nothing is returned. */
  readonly run: (options: Values<O>, context: Context) => Promise<number | undefined> | Promise<void>
}

/** How the mirrored tool words its failures. */
export interface FailureSpec {
  /** Kafka's sentence around the reason of a failure; `args` as they were typed, `code` the wire error's name. */
  readonly sentence?: (reason: string, args: readonly string[], code: string | undefined) => string
  /** Kafka's sentence around a value that cannot be read; the reason alone when absent. */
  readonly badValue?: (reason: string, args: readonly string[]) => string
  /** Kafka's sentence around an option that is unknown or lacks its argument; the reason alone when absent. */
  readonly badOption?: (reason: string) => string
  /** What Kafka says when no server is named; said when the default address does not answer. */
  readonly noServer?: string
  /** What Kafka says when the addresses of the servers make no sense, or none of their hosts is known; `reason` names them. */
  readonly badAddress?: string | ((reason: string) => string)
  /** Remedies, by the wire error's name; or found in what the cluster says. */
  readonly hints?: { readonly [code: string]: string | ((reason: string) => string | undefined) }
  /** The exit code that Kafka's tool has for a failure, for --compat-exit-codes. */
  readonly exit?: number
}

/** A tool or a sub-command, its option types forgotten. */
export interface Command extends Omit<CommandSpec<OptionSpecs>, 'run' | 'check' | 'words' | 'subjects'> {
  readonly words?: readonly string[]
  readonly subjects?: readonly string[]
  readonly check?: (given: Given) => void
  readonly run: (
    options: Record<string, unknown>,
    context: Context,
  ) => Promise<number | undefined> | Promise<void>
}

/** A tool that is only its sub-commands, as `features describe`. */
export interface CommandGroup {
  readonly name: string
  readonly subcommands: readonly Command[]
  readonly style?: 'jopt' | 'argparse'
  readonly failure?: FailureSpec
}

/** Declares a tool: `run` gets its options typed, with keys as commander derives them from the flags. */
export function defineCommand<const O extends OptionSpecs>(spec: CommandSpec<O>): Command {
  return spec as unknown as Command
}

export function defineGroup(group: CommandGroup): CommandGroup {
  return group
}
