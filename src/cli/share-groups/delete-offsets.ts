import type { Cluster } from '../../client/cluster.ts'
import { deleteShareOffsets } from '../../client/groups/share-groups.ts'
import { KafkaError } from '../../protocol/errors.ts'
import type { Context } from '../context.ts'
import { EXIT } from '../exit.ts'
import { Failure } from '../failures.ts'
import { padded, widest } from '../groups/padded.ts'
import type { Listing } from '../output/listing.ts'

export interface DeletedTopic {
  readonly group: string
  readonly topic: string
  readonly error: Error | null
}

/** Forgets where a share group is in topics, and gives the exit code; Failure when the group refuses as a whole. */
export async function deleteOffsets(
  cluster: Cluster,
  group: string,
  topics: readonly string[],
  { timeoutMs, dryRun }: { readonly timeoutMs: number; readonly dryRun: boolean },
  context: Context,
): Promise<number> {
  const distinct = [...new Set(topics)].sort()
  const listed = (errorOf: (topic: string) => Error | null): Promise<void> =>
    context.print(deletedTopicsListing(distinct.map((topic) => ({ group, topic, error: errorOf(topic) }))))
  if (dryRun) {
    context.say(`Would delete the offsets of group ${group} for these topics:`)
    await listed(() => null)
    return EXIT.done
  }
  try {
    const errors = await deleteShareOffsets(cluster, group, distinct, { timeoutMs })
    await listed((topic) => errors.get(topic) ?? null)
    return errors.size > 0 ? EXIT.failed : EXIT.done
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    await listed(() => error)
    throw new Failure(sentence(error), { code: error.code })
  }
}

/** Errors that Kafka's tool tells as they are. */
const EXPECTED: ReadonlySet<string> = new Set([
  'INVALID_GROUP_ID',
  'GROUP_ID_NOT_FOUND',
  'GROUP_AUTHORIZATION_FAILED',
  'NON_EMPTY_GROUP',
])

const sentence = (error: KafkaError): string =>
  EXPECTED.has(error.code)
    ? `Error: ${error.message}`
    : `Error: Encounter some unknown error: ${error.message}`

/** What `share-groups --delete-offsets` prints. */
export function deletedTopicsListing(rows: readonly DeletedTopic[]): Listing {
  const text = (): string => {
    const width = widest(
      15,
      rows.map(({ topic }) => topic),
    )
    const lines = [
      ['TOPIC', 'STATUS'],
      ...rows.map(({ topic, error }) => [topic, error === null ? 'Successful' : `Error: ${error.message}`]),
    ]
    return `${lines.map((line) => `\n${padded(line, [width])}`).join('')}\n`
  }
  return {
    text,
    columns: ['group', 'topic', 'error'],
    items: rows.map(({ group, topic, error }) => ({ group, topic, error: error?.message ?? null })),
    names: () => rows.map(({ topic }) => topic),
  }
}
