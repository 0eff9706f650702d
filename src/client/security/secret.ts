/** A text that no message, log or JSON shows by accident, as Kafka's Password type; only `reveal` gives it. */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  reveal(): string {
    return this.#text
  }

  toString(): string {
    return HIDDEN
  }

  toJSON(): string {
    return HIDDEN
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return HIDDEN
  }
}

/** What Kafka's Password type says of itself. */
export const HIDDEN = '[hidden]'

/** A text of the other side's, without the secrets that it may repeat. */
export function redact(text: string, secrets: readonly (Secret | undefined)[]): string {
  return secrets.reduce<string>((shown, secret) => {
    const hidden = secret?.reveal() ?? ''
    return hidden === '' ? shown : shown.replaceAll(hidden, HIDDEN)
  }, text)
}
