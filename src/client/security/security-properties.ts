// The settings for TLS and logins, as every client of Kafka has them. Only their names and values are read here, for
// every tool loads this; what they mean is worked out by security.ts when a connection needs it.

import { property, type SettingsOf } from '../config/properties.ts'
import { bool, int, long, oneOfAnyCase, optionalText, secret, text } from '../config/property-types.ts'

/** In the order in which Kafka tells them. */
const SECURITY_PROTOCOLS = ['SASL_SSL', 'PLAINTEXT', 'SSL', 'SASL_PLAINTEXT'] as const

export const SECURITY_PROPERTIES = {
  'security.protocol': property(oneOfAnyCase(...SECURITY_PROTOCOLS), 'PLAINTEXT'),
  'sasl.mechanism': property(text, 'GSSAPI'),
  'sasl.jaas.config': property(secret, undefined),
  'sasl.client.callback.handler.class': property(optionalText, undefined),
  'sasl.login.callback.handler.class': property(optionalText, undefined),
  'sasl.login.class': property(optionalText, undefined),
  'sasl.login.connect.timeout.ms': property(int(0), 10_000),
  'sasl.login.read.timeout.ms': property(int(0), 10_000),
  'sasl.login.retry.backoff.ms': property(long(0), 100),
  'sasl.login.retry.backoff.max.ms': property(long(0), 10_000),
  'sasl.oauthbearer.client.credentials.client.id': property(optionalText, undefined),
  'sasl.oauthbearer.client.credentials.client.secret': property(secret, undefined),
  'sasl.oauthbearer.header.urlencode': property(bool, false),
  'sasl.oauthbearer.jwt.retriever.class': property(optionalText, undefined),
  'sasl.oauthbearer.scope': property(optionalText, undefined),
  'sasl.oauthbearer.token.endpoint.url': property(secret, undefined),
  'ssl.cipher.suites': property(optionalText, undefined),
  'ssl.enabled.protocols': property(text, 'TLSv1.2,TLSv1.3'),
  'ssl.endpoint.identification.algorithm': property(text, 'https'),
  'ssl.engine.factory.class': property(optionalText, undefined),
  'ssl.key.password': property(secret, undefined),
  'ssl.keystore.certificate.chain': property(secret, undefined),
  'ssl.keystore.key': property(secret, undefined),
  'ssl.keystore.location': property(optionalText, undefined),
  'ssl.keystore.password': property(secret, undefined),
  'ssl.keystore.type': property(text, 'JKS'),
  'ssl.protocol': property(text, 'TLSv1.3'),
  'ssl.truststore.certificates': property(secret, undefined),
  'ssl.truststore.location': property(optionalText, undefined),
  'ssl.truststore.password': property(secret, undefined),
  'ssl.truststore.type': property(text, 'JKS'),
} as const

export type SecuritySettings = SettingsOf<typeof SECURITY_PROPERTIES>

/** What a Cluster needs of them; nothing where plain TCP is spoken. */
export const securityOf = (settings: SecuritySettings): SecuritySettings | undefined =>
  settings['security.protocol'] === 'PLAINTEXT' ? undefined : settings
