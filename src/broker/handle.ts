import type { KafkaError } from '../protocol/errors.ts'
import type { Api, Decoded, Encodable, Fields } from '../protocol/schema.ts'
import type { ClientConnection } from './client-connection.ts'
import type { Services } from './services.ts'

/** What a handler may look at beside the request. */
export interface Context {
  readonly broker: Services
  /** The broker id that the client talks to: one process can show itself as several. */
  readonly node: number
  readonly version: number
  /** Empty when the client gave none. */
  readonly clientId: string
  readonly connection: ClientConnection
  /** Runs `done` once the answer has left the process or the connection is gone: what was read can be released then. */
  onSent(done: () => void): void
}

/** Null: no answer at all, as for a produce request with acks=0. 'close': hang up instead of answering. */
export type Outcome<Answer> = Answer | null | 'close'

export interface Handler<Request extends Fields = Fields, Response extends Fields = Fields> {
  readonly api: Api<Request, Response>
  /** The lowest version that ApiVersions tells, where it differs from the lowest that is served. */
  readonly advertisedMinVersion: number
  /** Whether answers are short, records aside: they are made even when long answers have to wait. */
  readonly answersBriefly: boolean
  run(
    request: Decoded<Request>,
    context: Context,
  ): Outcome<Encodable<Response>> | Promise<Outcome<Encodable<Response>>>
  /** The answer that says `error` in the shape of this API: at the top, or once for every item of the request. */
  refuse(error: KafkaError, request: Decoded<Request>, context: Context): Outcome<Encodable<Response>>
}

/** Joins an API with what answers it; ApiVersions is made from the table of these. */
export function handle<Request extends Fields, Response extends Fields>(
  api: Api<Request, Response>,
  parts: Pick<Handler<Request, Response>, 'run' | 'refuse'> & {
    advertisedMinVersion?: number
    answersBriefly?: boolean
  },
): Handler {
  const { run, refuse, advertisedMinVersion = api.minVersion, answersBriefly = false } = parts
  // The table of handlers forgets the shapes: dispatch decodes with the same API that it encodes with.
  return { api, advertisedMinVersion, answersBriefly, run, refuse } as unknown as Handler
}
