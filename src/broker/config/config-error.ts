/** Thrown when a setting's value is not acceptable; the message is the sentence Kafka answers with. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** The error of a value that does not fit, in Kafka's words. */
export function invalidValue(name: string, value: string, problem: string): ConfigError {
  return new ConfigError(`Invalid value ${value} for configuration ${name}: ${problem}`)
}
