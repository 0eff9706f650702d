/** What a key store or a trust store holds, all of it DER. */
export interface StoreContents {
  /** Of authorities that are trusted. */
  readonly certificates: readonly Buffer[]
  readonly keys: readonly StoredKey[]
}

export interface StoredKey {
  readonly pkcs8: Buffer
  /** Its own certificate among them. */
  readonly certificates: readonly Buffer[]
}

/** A store cannot be read; the message says why, and nothing of what stands in it. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
}
