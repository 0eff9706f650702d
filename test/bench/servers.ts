// ktool and Apache Kafka in turn: the same question is put to the one, then to the other, on a machine that does
// nothing else in the meantime.
import { startApacheKafka } from '../support/apache-kafka.ts'
import { apacheKafka } from '../support/outside.ts'
import { startKtool } from '../support/start-ktool.ts'

export interface Server {
  readonly name: 'ktool' | 'kafka'
  readonly bootstrapServers: string
  readonly port: number
  readonly pid: number
  stop(): Promise<unknown>
}

export type Answers<Answer> = { readonly ktool: Answer; readonly kafka: Answer | null }

/** Starts each broker on an empty folder, asks, and stops it. Apache Kafka is left out where it is not there. */
export async function inTurn<Answer>(
  ask: (server: Server) => Promise<Answer>,
  settings: readonly string[] = [],
): Promise<Answers<Answer>> {
  const args = settings.flatMap((setting) => ['--config', setting])
  return {
    ktool: await withServer({ name: 'ktool', ...(await startKtool({ args })) }, ask),
    kafka: apacheKafka
      ? await withServer({ name: 'kafka', ...(await startApacheKafka(settings)) }, ask)
      : null,
  }
}

async function withServer<Answer>(server: Server, ask: (server: Server) => Promise<Answer>): Promise<Answer> {
  try {
    return await ask(server)
  } finally {
    await server.stop()
  }
}
