/** Where the broker says what it did: one line each, for the person who runs it. */
export interface Logger {
  info(message: string): void
  warn(message: string): void
  /** `cause` is what was thrown. */
  error(message: string, cause?: unknown): void
}

export const silentLogger: Logger = { info() {}, warn() {}, error() {} }
