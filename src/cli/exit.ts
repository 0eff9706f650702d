import type { FailureSpec } from './command.ts'
import { ConditionNotMet, Failure, messageOf, SeveralFailures, UsageError } from './failures.ts'
import type { EndingSignal, Io } from './io.ts'
import { OutputClosed } from './io.ts'
import type { ServerChoice } from './server-choice.ts'

export const EXIT = { done: 0, failed: 1, usage: 2, notMet: 3 } as const

/** The exit code of a run that a signal ended: 128 and its number, as a shell has it. */
export const SIGNAL_EXIT: Readonly<Record<EndingSignal, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }

/** The signal that a run with this exit code was ended by. */
export const signalOf = (code: number): EndingSignal | undefined =>
  (Object.keys(SIGNAL_EXIT) as EndingSignal[]).find((signal) => SIGNAL_EXIT[signal] === code)

/** What is known about the run that failed. */
export interface Situation {
  /** The tool and sub-command, for the pointer to its help. */
  readonly command: string
  readonly failure?: FailureSpec | undefined
  /** Whether the tool mirrors one of Kafka's, and has its sentences. */
  readonly isMirror?: boolean | undefined
  readonly args: readonly string[]
  readonly isJson: boolean
  readonly debug: boolean
  /** Kafka's exit codes instead of ours. */
  readonly compat: boolean
  readonly server?: ServerChoice | undefined
}

interface Told {
  readonly exit: number
  readonly message: string
  readonly hint?: string | undefined
  readonly code?: string | undefined
}

/** Says what went wrong and gives the exit code: the one place that maps errors to either. */
export function report(error: unknown, situation: Situation, io: Pick<Io, 'err'>): number {
  if (error instanceof OutputClosed) return EXIT.done
  if (error instanceof SeveralFailures) {
    return Math.max(...error.failures.map((failure) => report(failure, situation, io)))
  }
  const told = tell(error, situation)
  if (situation.isJson) {
    const { message, hint = null, code = null } = told
    io.err(`${JSON.stringify({ error: { message, code, hint, exitCode: told.exit } })}\n`)
  } else {
    io.err(`${told.message}\n`)
    if (told.hint !== undefined) io.err(`hint: ${told.hint}\n`)
    if (situation.debug) io.err(debugText(error))
  }
  return told.exit
}

/** The exit code of a tool that ran to its end. */
export function exitCode(
  code: number | undefined,
  { failure, compat }: Pick<Situation, 'failure' | 'compat'>,
): number {
  return code === EXIT.failed && compat ? (failure?.exit ?? EXIT.failed) : (code ?? EXIT.done)
}

function tell(error: unknown, situation: Situation): Told {
  const { failure, compat, args, server } = situation
  if (error instanceof UsageError) {
    const hint = error.hint ?? `ktool ${situation.command} --help lists the options`
    return { exit: compat ? EXIT.failed : EXIT.usage, message: error.message, hint }
  }
  if (error instanceof ConditionNotMet) return { exit: EXIT.notMet, message: error.message }
  const exit = exitCode(EXIT.failed, situation)
  if (error instanceof Failure) {
    const { message, hint, code = clientCode(error.cause), kafkaExit = exit } = error
    return { exit: compat ? kafkaExit : exit, message, hint, code }
  }
  const reason = messageOf(error)
  if (error instanceof Error && error.name === 'ReadOnlyError') {
    // Kafka's tools know no such failure, so they have no code for it either.
    return {
      exit: EXIT.failed,
      message: reason,
      hint: 'another is named with --context; ktool context update NAME --writable lifts it',
      code: codeOf(error),
    }
  }
  const isUnreachable = isConnectionFailure(error) && !['tls', 'authentication'].includes(error.failure)
  const remedy = hintOf(error)
  const code = codeOf(error)
  if (isUnreachable && server?.source === 'default')
    return { exit, code, ...noDefault(error, situation, server) }
  const isSetting = error instanceof Error && error.name === 'SettingError'
  const settingExit = compat ? EXIT.failed : EXIT.usage
  if (situation.isMirror && isBadAddress(error, server)) {
    const hint = remedy === undefined ? reason : `${reason}; ${remedy}`
    return { exit: isSetting ? settingExit : exit, message: wordBadAddress(reason, situation), hint, code }
  }
  const message = failure?.sentence?.(reason, args, code) ?? reason
  // An address or property that makes no sense: nothing was sent.
  if (isSetting) return { exit: settingExit, message, hint: remedy }
  const isFromElsewhere = isUnreachable && server !== undefined && !server.source.startsWith('--')
  const place = isFromElsewhere ? `the address ${server.addresses} is from ${server.source}` : undefined
  const hints = [place, remedy].filter((hint) => hint !== undefined)
  const hint = hints.length > 0 ? hints.join('; ') : remedyOf(failure, code, reason)
  return { exit, message, hint, code }
}

/** Java's clients look hosts up when they are made, and fail like with an address that is none. */
function isBadAddress(error: unknown, server: ServerChoice | undefined): boolean {
  if (!(error instanceof Error)) return false
  if ('isAddress' in error) return error.isAddress === true
  const isUnresolved = 'isUnresolved' in error && error.isUnresolved === true
  return isUnresolved && 'address' in error && server?.addresses.includes(String(error.address)) === true
}

function wordBadAddress(reason: string, { failure, args }: Situation): string {
  const { badAddress, sentence = (why: string) => why } = failure ?? {}
  if (typeof badAddress === 'function') return badAddress(reason)
  return badAddress ?? sentence('Failed to create new KafkaAdminClient', args, undefined)
}

/** No server was named, and the default one does not answer. */
function noDefault(
  error: Error & { readonly failure: string },
  { command, failure, isMirror }: Situation,
  { addresses }: ServerChoice,
): Pick<Told, 'message' | 'hint'> {
  const why = 'reason' in error ? String(error.reason) : error.message
  const isAbsent = error.failure === 'unreachable'
  const found = isAbsent ? `no broker at ${addresses}: ${why}` : `${addresses}: ${why}`
  const remedy = hintOf(error) ?? (isAbsent ? '`ktool serve` starts one' : undefined)
  if (!isMirror) return { message: `ktool ${command}: ${found}`, hint: remedy }
  const hint = `${found}; it is asked when --bootstrap-server is left out${remedy ? `; ${remedy}` : ''}`
  return { message: failure?.noServer ?? 'Missing required argument "[bootstrap-server]"', hint }
}

function remedyOf(
  failure: FailureSpec | undefined,
  code: string | undefined,
  reason: string,
): string | undefined {
  const remedy = failure?.hints?.[code ?? '']
  return typeof remedy === 'function' ? remedy(reason) : remedy
}

/** Told by its name: the client is loaded by those who need it. */
const isConnectionFailure = (error: unknown): error is Error & { readonly failure: string } =>
  error instanceof Error && error.name === 'ConnectionError' && 'failure' in error

/** What the client itself says is to be done. */
const hintOf = (error: unknown): string | undefined =>
  error instanceof Error && 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined

/** The name of a wire error, or what kind of connection failure it was. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  if ('failure' in error && typeof error.failure === 'string') return error.failure
  return undefined
}

/** The code of what a broker said, or of what kept it from saying anything. */
const clientCode = (cause: unknown): string | undefined =>
  cause instanceof Error && ['KafkaError', 'ConnectionError'].includes(cause.name) ? codeOf(cause) : undefined

function debugText(error: unknown): string {
  const lines: string[] = []
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = codeOf(cause)
    lines.push(`${code === undefined ? '' : `[${code}] `}${cause.stack ?? cause.message}`)
  }
  return lines.map((line) => `${line}\n`).join('caused by ')
}
