import type { Flags } from './java/cursor.ts'

/** The flags behind a pattern of ktool's own options, `/pattern/ims`: letters of all alphabets differ in case. */
export const patternFlags = (flags: string): Partial<Flags> => ({
  i: flags.includes('i'),
  u: flags.includes('i') || flags.includes('u'),
  m: flags.includes('m'),
  s: flags.includes('s'),
})
