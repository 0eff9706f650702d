export interface ScramMechanism {
  /** Its number on the wire and in records. */
  readonly id: number
  readonly hash: string
  readonly keyBytes: number
}

export const SCRAM_MECHANISMS: ReadonlyMap<string, ScramMechanism> = new Map([
  ['SCRAM-SHA-256', { id: 1, hash: 'sha256', keyBytes: 32 }],
  ['SCRAM-SHA-512', { id: 2, hash: 'sha512', keyBytes: 64 }],
])

/** Fewer rounds of hashing are refused, and this many are made when nothing else is said. */
export const MIN_SCRAM_ITERATIONS = 4096
