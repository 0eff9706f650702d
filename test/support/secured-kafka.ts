import { type ApacheKafkaProcess, freePort, startApacheKafka } from './apache-kafka.ts'

export interface SecuredKafka extends ApacheKafkaProcess {
  /** Where clients have to log in; on the other listener everybody may do everything. */
  readonly loginServers: string
  readonly controllerServers: string
}

const JAAS = 'org.apache.kafka.common.security.plain.PlainLoginModule required'

/** An Apache Kafka with an authorizer, delegation tokens, and a listener that wants a login of `admin` or `alice`. */
export async function startSecuredKafka(): Promise<SecuredKafka> {
  const loginPort = (await freePort(0))!
  const kafka = await startApacheKafka((port) => [
    'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users=User:ANONYMOUS;User:admin',
    'allow.everyone.if.no.acl.found=true',
    'delegation.token.secret.key=a-secret-of-tests',
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${port + 1},LOGIN://127.0.0.1:${loginPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port},LOGIN://127.0.0.1:${loginPort}`,
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,LOGIN:SASL_PLAINTEXT',
    'sasl.enabled.mechanisms=PLAIN',
    `listener.name.login.plain.sasl.jaas.config=${JAAS} user_admin="${passwordOf('admin')}" user_alice="${passwordOf('alice')}";`,
  ])
  return Object.assign(kafka, {
    loginServers: `127.0.0.1:${loginPort}`,
    controllerServers: `127.0.0.1:${kafka.port + 1}`,
  })
}

const passwordOf = (user: string): string => `${user}-secret`

/** A properties file with which a client logs in there. */
export const loginProperties = ({ loginServers }: SecuredKafka, user: string): string =>
  [
    `bootstrap.servers=${loginServers}`,
    'security.protocol=SASL_PLAINTEXT',
    'sasl.mechanism=PLAIN',
    `sasl.jaas.config=${JAAS} username="${user}" password="${passwordOf(user)}";`,
    '',
  ].join('\n')
