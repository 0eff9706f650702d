import type { Context } from './context.ts'

/** Asks a person; without one at a terminal the answer is yes, since nobody could give it. */
export async function confirm({ io }: Context, question: string): Promise<boolean> {
  if (!io.isTerminal.in || !io.isTerminal.err) return true
  io.err(`${question} (y/N) `)
  for await (const chunk of io.in) return /^\s*y(es)?\s*$/i.test(String(chunk))
  return false
}
