import { isUtf8 } from 'node:buffer'

export type BytesJson = string | { base64: string }

/** Bytes in JSON without loss: as text where they are UTF-8, else as `{"base64":"…"}`. */
export const bytesToJson = (bytes: Buffer): BytesJson =>
  isUtf8(bytes) ? bytes.toString() : { base64: bytes.toString('base64') }
