import { ByteOutput } from './byte-output.ts'

/** Escapes what it is given before it counts the bytes, so that positions in the output are right on terminals, too. */
export class EscapedOutput extends ByteOutput {
  readonly #escaped: (bytes: Uint8Array) => Uint8Array

  constructor(write: (bytes: Buffer) => void, escaped: (bytes: Uint8Array) => Uint8Array) {
    super(write)
    this.#escaped = escaped
  }

  override range(source: Buffer, from: number, to: number): void {
    const escaped = this.#escaped(source.subarray(from, to))
    super.range(Buffer.from(escaped.buffer, escaped.byteOffset, escaped.byteLength), 0, escaped.byteLength)
  }

  override byte(value: number): void {
    this.range(Buffer.of(value), 0, 1)
  }

  override text(text: string): void {
    this.bytes(Buffer.from(text))
  }
}
