import type { Io } from '../io.ts'
import { type EscapeStyle, escapeBytes, escapeText } from './escape.ts'

/**
 * The same streams, with control characters in what is printed escaped where a stream is a terminal. Text that
 * controls the terminal on purpose goes to `unescaped`.
 */
export function terminalIo(io: Io, style: EscapeStyle): Io {
  const { out: isOut, err: isErr } = io.isTerminal
  if (!isOut && !isErr) return io
  const escaped = (chunk: string | Uint8Array): string | Uint8Array =>
    typeof chunk === 'string' ? escapeText(chunk, style) : escapeBytes(chunk, style)
  // Standard input is opened when it is first asked for, so the properties are inherited instead of copied.
  return Object.create(io, {
    ...(isOut && {
      out: { value: (chunk: string | Uint8Array) => io.out(escaped(chunk)) },
      escapeOut: { value: (bytes: Uint8Array) => escapeBytes(bytes, style) },
    }),
    ...(isErr && { err: { value: (text: string) => io.err(escapeText(text, style)) } }),
    unescaped: { value: io },
  }) as Io
}

/** The streams as they are, for our own colours, borders and movements of the cursor. */
export const unescaped = (io: Io): Io => io.unescaped ?? io
