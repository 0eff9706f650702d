/** Bytes that lie elsewhere, in a file for example, and are copied when they are needed. */
export interface ByteSource {
  readonly length: number
  /** Copies the bytes [from, from + count) to `target` from `at` on; throws when they cannot be read. */
  copy(target: Buffer, at: number, from: number, count: number): void
}
