import type { Cluster } from '../../client/cluster.ts'
import { listGroups } from '../../client/groups/listing.ts'
import type { Connect } from '../context.ts'
import { Context } from '../context.ts'
import { contextNames } from '../contexts/choose-context.ts'
import type { Io } from '../io.ts'
import type { NameKind } from './completes.ts'

/** Whoever presses a key does not wait longer; start of the process included. */
const LIMIT_MS = 150

/** Names of a kind, of the cluster that the words name; none when it does not tell them in time. */
export async function findNames(
  kind: NameKind,
  words: readonly string[],
  io: Io,
  connect: Connect,
): Promise<string[]> {
  if (kind === 'context') return contextNames(io)
  const leftMs = Number(io.env.KTOOL_COMPLETION_TIMEOUT_MS || LIMIT_MS) - io.uptimeMs
  if (leftMs <= 0) return []
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<string[]>((resolve) => {
    timer = setTimeout(() => resolve([]), leftMs)
  })
  const given = { has: () => false, texts: () => [], order: [], command: null }
  const context = new Context(io, { args: words, given, format: 'text', color: false, connect })
  try {
    return await Promise.race([askNames(kind, words, context), tooLate])
  } finally {
    clearTimeout(timer)
    await context.close()
  }
}

async function askNames(
  kind: Exclude<NameKind, 'context'>,
  words: readonly string[],
  context: Context,
): Promise<string[]> {
  const cluster = await context.cluster({
    bootstrapServer: givenFor(words, '--bootstrap-server', '-b'),
    context: givenFor(words, '--context'),
    commandConfig: givenFor(words, '--command-config', '--consumer.config', '--producer.config'),
  })
  return (await NAMES[kind](cluster)).sort()
}

const NAMES = {
  topic: async (cluster: Cluster) => [...(await cluster.allTopics()).keys()],
  group: async (cluster: Cluster) => (await listGroups(cluster)).map(({ groupId }) => groupId),
}

/** The last value of an option in a line that is not complete. */
function givenFor(words: readonly string[], ...names: readonly string[]): string | undefined {
  let value: string | undefined
  for (const [at, word] of words.entries()) {
    if (names.includes(word)) value = words[at + 1]
    for (const name of names) if (word.startsWith(`${name}=`)) value = word.slice(name.length + 1)
  }
  return value
}
