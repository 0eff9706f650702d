import type { Cluster } from '../../client/cluster.ts'
import type { TopicMetadata } from '../../client/metadata.ts'
import { confirm } from '../confirm.ts'
import type { Context } from '../context.ts'
import { closest } from '../did-you-mean.ts'
import { Failure } from '../failures.ts'
import { isInternalTopic } from '../kafka/internal-topics.ts'
import { plural } from '../output/plural.ts'
import { includeList, includePattern, type NameTest } from '../patterns/names.ts'
import { topicFailure } from './sentence.ts'

export interface Selection {
  readonly topic?: string | undefined
  readonly excludeInternal: boolean
  readonly ifExists: boolean
}

/** The topics that match, by name; Failure when one was asked for and there is none. */
export async function selectTopics(cluster: Cluster, selection: Selection): Promise<TopicMetadata[]> {
  const all = await cluster.allTopics()
  const matching = await choose([...all.values()], selection)
  requireTopics(matching, [...all.keys()], selection)
  return matching
}

/** Topics to be changed. */
export interface ChosenTopics {
  readonly topics: readonly TopicMetadata[]
  /** Whether one topic was given by its name; else the user does not know yet which they are. */
  readonly isNamed: boolean
}

/**
 * As selectTopics, for what changes topics: an existing name means that topic alone, and a list of existing names just those.
 * For any other pattern `regex` is needed, or the consent of the user at a terminal.
 */
export async function selectTopicsToChange(
  cluster: Cluster,
  selection: Selection & { readonly regex: boolean; readonly dryRun: boolean },
  verb: 'Delete' | 'Add partitions to',
  context: Context,
): Promise<ChosenTopics> {
  const { topic = '', regex, dryRun } = selection
  const all = await cluster.allTopics()
  // Differs: Kafka takes every name as a pattern, so that deleting a.b deletes a-b as well. Here an existing name is that topic, and
  // a pattern needs --regex or a yes at a terminal, unless it only lists existing names, as a,b and a-[1-3] do.
  const literal = regex ? undefined : all.get(topic)
  if (literal !== undefined) return { topics: [literal], isNamed: true }
  const topics = await choose([...all.values()], selection)
  requireTopics(topics, [...all.keys()], selection)
  // Differs: Kafka changes nothing and says nothing when the name is empty, as that of a variable that is not set.
  if (topic === '' && !selection.ifExists) {
    throw new Failure(topicFailure("Topic '' does not exist as expected"), {
      hint: '--topic has an empty value',
    })
  }
  if (topics.length > 0 && !regex && !dryRun && !(await isListed(topic, all))) {
    await requireConsent(topic, topics, verb, context)
  }
  return { topics, isNamed: false }
}

async function isListed(topic: string, all: ReadonlyMap<string, TopicMetadata>): Promise<boolean> {
  const { listedNames } = await import('../patterns/listed-names.ts')
  const names = listedNames(includePattern(topic))
  return names?.every((name) => all.has(name)) ?? false
}

async function requireConsent(
  pattern: string,
  topics: readonly TopicMetadata[],
  verb: 'Delete' | 'Add partitions to',
  context: Context,
): Promise<void> {
  const count = plural(topics.length, 'topic')
  const names = shortList(topics.map(({ name }) => name))
  const consent = await confirm(context, `${verb} ${count}: ${names}?`)
  if (consent) return
  const reason = consent === null ? `: '${pattern}' is a pattern that matches ${count}: ${names}` : ''
  throw new Failure(`nothing was changed${reason}`, { hint: '--regex takes a pattern without asking' })
}

const SHOWN_NAMES = 20

function shortList(names: readonly string[]): string {
  const more = names.length - SHOWN_NAMES
  return names.slice(0, SHOWN_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

async function choose(
  topics: readonly TopicMetadata[],
  { topic, excludeInternal }: Selection,
): Promise<TopicMetadata[]> {
  const matches = topic === undefined ? () => true : await nameTest(topic)
  return topics
    .filter(({ name }) => matches(name) && !(excludeInternal && isInternalTopic(name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function nameTest(topic: string): Promise<NameTest> {
  try {
    return await includeList(topic)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw new Failure(topicFailure(error.message), { hint: error.hint, cause: error })
  }
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
