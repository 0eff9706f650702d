/** A client property or address that makes no sense; the message names it. */
export class SettingError extends Error {
  override readonly name = 'SettingError'
}
