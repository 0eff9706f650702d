/** A record in the form that all clients are compared in; bytes are base64. */
export interface SeenRecord {
  readonly offset: number
  readonly timestamp: number
  readonly key: string | null
  readonly value: string | null
  readonly headers: readonly (readonly [name: string, value: string | null])[]
}

/** What a client is to write: it cannot choose the offset, and some not the time. */
export type WrittenRecord = Omit<SeenRecord, 'offset' | 'timestamp'> & { readonly timestamp: number | null }

export const base64 = (text: string): string => Buffer.from(text).toString('base64')

export const fromBase64 = (text: string | null): Buffer | null =>
  text === null ? null : Buffer.from(text, 'base64')

export const parseJsonLines = (output: Buffer): SeenRecord[] =>
  output
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as SeenRecord)
