import type { Cluster } from '../../client/cluster.ts'
import { KafkaError } from '../../protocol/errors.ts'
import type { Api } from '../../protocol/schema.ts'
import { Failure } from '../failures.ts'

/** Runs `ask`; puts the tool's sentence around what a broker refuses, and leaves what else goes wrong as it is. */
export async function telling<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    throw new Failure(`${what}: ${error.message}. Enable debug logging for additional detail.`, {
      code: error.code,
      cause: error,
    })
  }
}

/** Refuses a cluster that lacks an API, before it is asked for a coordinator that it does not have either. */
export async function requireApi(cluster: Cluster, api: Api): Promise<void> {
  const connection = await cluster.retrying(cluster.deadline(), () => cluster.connectionFor('any'))
  connection.version(api)
}
