// From a frame to an answer: header, version, body, handler. What cannot be answered closes the connection, as in
// Kafka's SocketServer: an unknown API, a version out of range, a body that does not parse.
import { MalformedError, Reader } from '../bytes/reader.ts'
import { type Part, Writer } from '../bytes/writer.ts'
import { codec } from '../protocol/compile.ts'
import { type RequestHeader, readRequestHeader, skipTags, writeResponseHeader } from '../protocol/header.ts'
import type { Fields } from '../protocol/schema.ts'
import type { ClientConnection } from './client-connection.ts'
import { toKafkaError } from './failures.ts'
import type { Context, Handler, Outcome } from './handle.ts'
import { unsupportedApiVersions } from './handlers/api-versions.ts'
import type { Services } from './services.ts'

/** The bytes of an answer, its length included, and what to run once they have left. */
export interface Answer {
  readonly parts: readonly Part[]
  readonly onSent: readonly (() => void)[]
}

export class Dispatcher {
  readonly #handlers: ReadonlyMap<number, Handler>
  readonly #broker: Services

  constructor(broker: Services, handlers: ReadonlyMap<number, Handler>) {
    this.#broker = broker
    this.#handlers = handlers
  }

  /** Answers one frame; 'close' when the connection cannot go on, null when no answer is due. */
  answer(
    frame: Buffer,
    node: number,
    connection: ClientConnection,
  ): Answer | 'close' | null | Promise<Answer | 'close' | null> {
    const reader = new Reader(frame)
    let header: RequestHeader
    try {
      header = readRequestHeader(reader)
    } catch (error) {
      return this.#hangUp(error, connection)
    }
    const handler = this.#handlers.get(header.apiKey)
    const version = header.apiVersion
    if (!handler) {
      return this.#hangUp(new MalformedError(`no API has key ${header.apiKey}`), connection)
    }
    const { api } = handler
    if (version < api.minVersion || version > api.maxVersion) {
      // The one question that may be asked in a version nobody knows: the answer tells which ones there are.
      if (header.apiKey === unsupportedApiVersions.api.key) {
        return encode(
          unsupportedApiVersions.api.response,
          unsupportedApiVersions.api,
          0,
          header,
          unsupportedApiVersions.answer,
          [],
        )
      }
      return this.#hangUp(new MalformedError(`${api.name} has no version ${version}`), connection)
    }
    let request: Record<string, never>
    try {
      if (version >= api.flexibleFrom) skipTags(reader)
      request = codec(api.request, version).decode(reader) as Record<string, never>
    } catch (error) {
      return this.#hangUp(error, connection)
    }
    const run = () => this.#run(handler, request, header, node, connection)
    const room = handler.answersBriefly ? null : connection.roomForAnswer()
    return room === null ? run() : room.then((isOpen) => (isOpen ? run() : 'close'))
  }

  #run(
    handler: Handler,
    request: Record<string, never>,
    header: RequestHeader,
    node: number,
    connection: ClientConnection,
  ): Answer | 'close' | null | Promise<Answer | 'close' | null> {
    const onSent: (() => void)[] = []
    const context: Context = {
      broker: this.#broker,
      node,
      version: header.apiVersion,
      clientId: header.clientId ?? '',
      connection,
      onSent: (done) => onSent.push(done),
    }
    const finish = (outcome: Outcome<object>): Answer | 'close' | null =>
      outcome === null || outcome === 'close'
        ? outcome
        : encode(handler.api.response, handler.api, header.apiVersion, header, outcome, onSent)
    const refuse = (error: unknown): Answer | 'close' | null => {
      const refusal = toKafkaError(error, this.#broker.logger, handler.api.name)
      try {
        return finish(handler.refuse(refusal, request, context) as Outcome<object>)
      } catch (bug) {
        this.#broker.logger.error(`${handler.api.name} could not be refused`, bug)
        for (const done of onSent) done()
        return 'close'
      }
    }
    try {
      const outcome = handler.run(request, context)
      return outcome instanceof Promise ? outcome.then(finish).catch(refuse) : finish(outcome)
    } catch (error) {
      return refuse(error)
    }
  }

  #hangUp(error: unknown, connection: ClientConnection): 'close' {
    if (!(error instanceof MalformedError)) throw error
    this.#broker.logger.warn(`closing the connection from ${connection.clientAddress}: ${error.message}`)
    return 'close'
  }
}

function encode(
  message: Handler['api']['response'],
  api: Handler['api'],
  version: number,
  header: RequestHeader,
  body: object,
  onSent: readonly (() => void)[],
): Answer {
  const writer = new Writer(256)
  writer.int32(0)
  writeResponseHeader(writer, api, version, header.correlationId)
  codec<Fields>(message, version).encode(writer, body as Record<string, never>)
  const frameBytes = writer.length - 4
  const parts = writer.takeParts()
  const [first] = parts
  if (first instanceof Buffer) first.writeInt32BE(frameBytes, 0)
  return { parts, onSent }
}
