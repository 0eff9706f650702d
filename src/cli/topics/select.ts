import type { Cluster } from '../../client/cluster.ts'
import type { TopicMetadata } from '../../client/metadata.ts'
import { confirm } from '../confirm.ts'
import type { Context } from '../context.ts'
import { closest } from '../did-you-mean.ts'
import { Failure } from '../failures.ts'
import { includeList } from '../java/regex.ts'
import { isInternalTopic } from '../kafka/internal-topics.ts'
import { topicFailure } from './sentence.ts'

export interface Selection {
  readonly topic?: string | undefined
  readonly excludeInternal: boolean
  readonly ifExists: boolean
}

/** The topics that match, by name; Failure when one was asked for and there is none. */
export async function selectTopics(cluster: Cluster, selection: Selection): Promise<TopicMetadata[]> {
  const all = await cluster.allTopics()
  const matching = choose([...all.values()], selection)
  requireTopics(matching, [...all.keys()], selection)
  return matching
}

/** As selectTopics, for what changes topics: an existing name means that topic alone. */
export async function selectTopicsToChange(
  cluster: Cluster,
  selection: Selection & { readonly regex: boolean },
  verb: string,
  context: Context,
): Promise<TopicMetadata[]> {
  const all = await cluster.allTopics()
  // Differs: Kafka takes every name as a pattern, so that deleting a.b deletes a-b as well.
  const literal = selection.regex ? undefined : all.get(selection.topic ?? '')
  if (literal !== undefined) return [literal]
  const matching = choose([...all.values()], selection)
  requireTopics(matching, [...all.keys()], selection)
  // Differs: Kafka changes nothing and says nothing when the name is empty, as that of a variable that is not set.
  if (selection.topic === '' && !selection.ifExists) {
    throw new Failure(topicFailure("Topic '' does not exist as expected"), {
      hint: '--topic has an empty value',
    })
  }
  if (matching.length < 2 || selection.regex) return matching
  const names = matching.map(({ name }) => name)
  if (await confirm(context, `${verb} ${names.length} topics: ${names.join(', ')}?`)) return matching
  throw new Failure('nothing was changed', { hint: '--regex takes a pattern without asking' })
}

function choose(topics: readonly TopicMetadata[], { topic, excludeInternal }: Selection): TopicMetadata[] {
  const matches = topic === undefined ? () => true : includeList(topic)
  return topics
    .filter(({ name }) => matches(name) && !(excludeInternal && isInternalTopic(name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function requireTopics(
  found: readonly TopicMetadata[],
  all: readonly string[],
  { topic, ifExists }: Selection,
): void {
  if (found.length > 0 || ifExists || !topic) return
  const near = closest(topic, all)
  const sentence = topicFailure(`Topic '${topic}' does not exist as expected`)
  throw new Failure(sentence, near === undefined ? {} : { hint: `did you mean ${near}?` })
}
