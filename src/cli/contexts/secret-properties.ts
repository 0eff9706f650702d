/** What stands in place of a secret, as in Kafka's own logs. */
export const HIDDEN = '[hidden]'

/** Settings that say where or what a secret is, and do not hold one. */
const HARMLESS_NAME = /\.(?:location|type|class|ms|url|file|path)$/i

/** Kafka hides certificates, too. */
const SECRET_NAME =
  /pass|pwd|secret|jaas|credential|token|private|user\.info|api[._-]?key|\.key$|\.pem$|keystore\.certificate|truststore\.certificates/i

/** Somebody may have put one where it does not belong. */
const SECRET_VALUE =
  /PRIVATE KEY-----|pass(?:word|wd)?\s*=|:\/\/[^/\s@]*:[^/\s@]*@|[?&][^=&]*(?:token|key|secret)=/i

/** Whether nobody may be shown this property. */
export const isSecret = (name: string, value: string): boolean =>
  SECRET_VALUE.test(value) || (SECRET_NAME.test(name) && !HARMLESS_NAME.test(name))

const NAME = /^[\w.$-]+/

/**
 * A text that should be `name=value` or a name, as a message may show it: with another sign in place of `=`, what follows
 * the name of a secret is taken for the secret.
 */
export function shownName(text: string): string {
  const [name = ''] = NAME.exec(text) ?? []
  return name === text || !(SECRET_NAME.test(text) || SECRET_VALUE.test(text)) ? text : `${name}…`
}

/** The properties as they may be shown. */
export const shownProperties = (properties: Iterable<readonly [string, string]>): [string, string][] =>
  [...properties].map(([name, value]) => [name, isSecret(name, value) ? HIDDEN : value])
