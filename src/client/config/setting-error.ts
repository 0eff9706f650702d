/** A client property or address that makes no sense; the message names it. */
export class SettingError extends Error {
  override readonly name = 'SettingError'
  /** What to do about it, where that is known. */
  readonly hint: string | undefined

  constructor(message: string, { hint, cause }: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.hint = hint
  }
}

/** The addresses of the servers make no sense. */
export class AddressError extends SettingError {
  readonly isAddress = true
}
