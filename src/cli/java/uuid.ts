/** An id as org.apache.kafka.common.Uuid reads it; Error in its words when the text is none. */
export function javaUuid(text: string): string {
  if (text.length > 24) {
    throw new Error(
      `Input string with prefix \`${text.slice(0, 24)}\` is too long to be decoded as a base64 UUID`,
    )
  }
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length !== 16) {
    throw new Error(
      `Input string \`${text}\` decoded as ${bytes.length} bytes, which is not equal to the expected 16 bytes of a base64-encoded UUID`,
    )
  }
  return bytes.toString('base64url')
}
