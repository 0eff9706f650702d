import { exceptionName, KafkaError } from '../../protocol/errors.ts'
import { Failure } from '../failures.ts'

const HINTS: { readonly [code: string]: string } = {
  DELEGATION_TOKEN_REQUEST_NOT_ALLOWED: 'name a listener with SASL, and a login in --command-config',
  DELEGATION_TOKEN_AUTH_DISABLED: 'brokers and controllers need the setting delegation.token.secret.key',
}

/** Throws what a broker said as Kafka's tool tells it: behind the name of Java's exception. */
export function throwAsJava(error: unknown): never {
  if (!(error instanceof KafkaError)) throw error
  const { code, message } = error
  throw new Failure(`org.apache.kafka.common.errors.${exceptionName(code)}: ${message}`, {
    code,
    hint: HINTS[code],
    cause: error,
  })
}
