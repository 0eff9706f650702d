/** The steps of an examination, in the order in which a client takes them. */
export const STEPS = [
  'settings',
  'dns',
  'tcp',
  'tls',
  'versions',
  'sasl',
  'metadata',
  'advertised',
  'authorization',
] as const

export type StepName = (typeof STEPS)[number]

export interface Finding {
  readonly step: StepName
  /** What was examined: an address, a broker, a topic. */
  readonly subject: string
  readonly isOk: boolean
  /** What was found, or what went wrong. */
  readonly found: string
  /** What to do about it; null where nothing is wrong, or nothing better is known. */
  readonly remedy: string | null
}

export const fine = (step: StepName, subject: string, found: string): Finding => ({
  step,
  subject,
  isOk: true,
  found,
  remedy: null,
})

export const wrong = (step: StepName, subject: string, found: string, remedy: string | null): Finding => ({
  step,
  subject,
  isOk: false,
  found,
  remedy,
})
