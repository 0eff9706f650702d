// Regular expressions that name topics, in RE2's syntax, which cannot take long whatever they are (KIP-848).
import type { RE2JS } from 're2js'
import { KafkaError } from '../../protocol/errors.ts'

type Engine = typeof import('re2js')

// Few groups need it: it is loaded when the first one comes.
let engine: Engine | null = null

/** To be awaited before any expression is looked at. */
export async function loadRegexEngine(): Promise<void> {
  engine ??= await import('re2js')
}

/** Throws INVALID_REGULAR_EXPRESSION. */
export function compileTopicRegex(text: string): RE2JS {
  if (!engine) throw new Error('the engine for regular expressions is not loaded')
  try {
    return engine.RE2JS.compile(text)
  } catch (error) {
    if (!(error instanceof engine.RE2JSException)) throw error
    const reason = error instanceof engine.RE2JSSyntaxException ? error.getDescription() : error.message
    throw new KafkaError(
      'INVALID_REGULAR_EXPRESSION',
      `SubscribedTopicRegex \`${text}\` is not a valid regular expression: ${reason}.`,
    )
  }
}
