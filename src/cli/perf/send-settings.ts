import { randomUuid } from '../../bytes/uuid.ts'
import { shownName } from '../contexts/secret-properties.ts'
import { UsageError } from '../failures.ts'
import type { Io } from '../io.ts'
import type { Values } from '../option-spec.ts'
import type { ServerNaming } from '../server-choice.ts'
import type { SEND_OPTIONS } from './send-options.ts'

type Options = Values<typeof SEND_OPTIONS>

const DEFAULT_DURATION_MS = 3000

/** Both spellings of what names the cluster. */
export function sendServer(options: Options): ServerNaming {
  const commandProperty = [...options.commandProperty, ...options.producerProps]
  const malformed = commandProperty.find((text) => !/^[^=]+=./s.test(text))
  if (malformed !== undefined) throw new UsageError(`Invalid property: ${shownName(malformed)}`)
  return {
    bootstrapServer: options.bootstrapServer,
    context: options.context,
    commandConfig: options.commandConfig ?? options['producer.config'],
    commandProperty,
  }
}

/** Whether and how long transactions are; puts their id, which may be a random one, among the properties. */
export function transactionOf(
  options: Options,
  properties: Map<string, string>,
  io: Pick<Io, 'randomBytes'>,
): { isTransactional: boolean; durationMs: number } {
  const { transactionDurationMs, transactionalId } = options
  const isTransactional =
    transactionDurationMs !== undefined || transactionalId !== undefined || properties.has('transactional.id')
  if (isTransactional) {
    const random = (): string => `performance-producer-${randomUuid((size) => io.randomBytes(size))}`
    properties.set('transactional.id', transactionalId ?? properties.get('transactional.id') ?? random())
  }
  return { isTransactional, durationMs: transactionDurationMs ?? DEFAULT_DURATION_MS }
}
