import { pbkdf2Sync } from 'node:crypto'

import type { Cluster } from '../../client/cluster.ts'
import { errorName, exceptionName, itemError } from '../../protocol/errors.ts'
import { AlterUserScramCredentials, DescribeUserScramCredentials } from '../../protocol/messages/auth.ts'
import { Failure } from '../failures.ts'
import { MIN_SCRAM_ITERATIONS, SCRAM_MECHANISMS } from '../kafka/scram-mechanisms.ts'
import type { Changes } from './changes.ts'
import { bareConfig, type EntityConfigs } from './listing.ts'

const mechanismName = (wanted: number): string =>
  [...SCRAM_MECHANISMS].find(([, { id }]) => id === wanted)?.[0] ?? 'UNKNOWN'

/** Which mechanisms users have credentials for; all users when none is named. */
export async function describeScram(cluster: Cluster, users: readonly string[]): Promise<EntityConfigs[]> {
  const named = users.length === 0 ? null : users.map((name) => ({ name }))
  const answer = await cluster.request(DescribeUserScramCredentials, { users: named })
  return answer.results
    .filter(({ errorCode }) => errorCode === 0 || errorName(errorCode) !== 'RESOURCE_NOT_FOUND')
    .map(({ user, credentialInfos, ...result }) => {
      const error = itemError(result)
      const configs = credentialInfos.map(({ mechanism, iterations }) =>
        bareConfig(mechanismName(mechanism), `iterations=${iterations}`),
      )
      const text = configs.map(({ name, value }) => `${name}=${value}`).join(', ')
      return {
        entity: { user },
        line: error
          ? `Error retrieving SCRAM credential configs for user-principal '${user}': ${exceptionName(error.code)}: ${error.message}`
          : `SCRAM credential configs for user-principal '${user}' are ${text}`,
        configs,
      }
    })
    .sort((a, b) => (a.line < b.line ? -1 : 1))
}

/** Sets and removes credentials of a user; passwords leave this machine only salted and hashed. */
export async function alterScram(
  cluster: Cluster,
  user: string,
  { set, remove }: Changes,
  randomBytes: (size: number) => Buffer,
): Promise<void> {
  const deletions = remove.map((name) => ({ name: user, mechanism: SCRAM_MECHANISMS.get(name)!.id }))
  const upsertions = [...set].map(([name, text]) => {
    const { id, hash, keyBytes } = SCRAM_MECHANISMS.get(name)!
    const { iterations, password } = readCredential(name, text)
    const salt = randomBytes(20)
    return {
      name: user,
      mechanism: id,
      iterations,
      salt,
      saltedPassword: pbkdf2Sync(password, salt, iterations, keyBytes, hash),
    }
  })
  const answer = await cluster.request(
    AlterUserScramCredentials,
    { deletions, upsertions },
    { node: 'controller' },
  )
  for (const result of answer.results) {
    const error = itemError(result)
    if (error) throw error
  }
}

/** `iterations=8192,password=secret`; the first part may be missing. */
export function readCredential(mechanism: string, text: string): { iterations: number; password: string } {
  const match = /^(?:iterations=(-?\d*),)?password=(.*)$/s.exec(text)
  if (match === null)
    // Differs: Kafka shows what was given, which may be a password.
    throw new Failure(`Invalid credential property ${mechanism.replaceAll('-', '_')}=[hidden]`)
  const [, given, password = ''] = match
  const iterations = given === undefined || given === '-1' ? MIN_SCRAM_ITERATIONS : Number(given)
  if (iterations < MIN_SCRAM_ITERATIONS) {
    throw new Failure(
      `Iterations ${iterations} is less than the minimum ${MIN_SCRAM_ITERATIONS} required for ${mechanism}`,
    )
  }
  return { iterations, password }
}
