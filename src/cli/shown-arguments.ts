/** What follows such a name, up to the end of the argument: a password may hold any sign that could end it. */
const SECRET =
  /((?:password|secret|hmac|passphrase|sasl\.jaas\.config|ssl\.keystore\.key|SCRAM-SHA-\d+)\s*[=:]\s*).+/gis

// Differs: Kafka repeats the command line as it was typed, with the passwords in it.
/** A command line as a message may show it. */
export const shownArguments = (args: readonly string[]): string =>
  args.map((arg) => arg.replace(SECRET, '$1[hidden]')).join(' ')
