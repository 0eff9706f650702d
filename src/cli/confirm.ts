import type { Context } from './context.ts'

/** Asks the user; null without a terminal, where no question may be asked. */
export async function confirm({ io }: Context, question: string): Promise<boolean | null> {
  if (!io.isTerminal.in || !io.isTerminal.err) return null
  io.err(`${question} (y/N) `)
  for await (const chunk of io.in) return /^\s*y(es)?\s*$/i.test(String(chunk))
  return false
}
