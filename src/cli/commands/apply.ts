import type { Cluster } from '../../client/cluster.ts'
import { defineCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { ConditionNotMet, Failure, throwFailures, UsageError } from '../failures.ts'
import { isInternalTopic } from '../kafka/internal-topics.ts'
import { currentTopics } from '../manifest/current.ts'
import { makeChanges } from '../manifest/make.ts'
import type { TopicSpec } from '../manifest/manifest.ts'
import { type Plan, planChanges } from '../manifest/plan.ts'
import { planListing } from '../manifest/plan-listing.ts'
import { readText } from '../manifest/read-text.ts'
import { DRY_RUN, SERVER_OPTIONS } from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'

export const apply = defineCommand({
  name: 'apply',
  options: {
    file: {
      flags: '-f, --file <file>',
      help: 'Topics as YAML or JSON; - reads standard input.',
      repeatable: true,
      completes: 'file',
    },
    dryRun: DRY_RUN,
    check: { flags: '--check', help: 'As --dry-run, and exit with 3 when there is a difference.' },
    prune: { flags: '--prune', help: 'Delete the topics that no file names, but for internal ones.' },
    ...SERVER_OPTIONS,
  },
  subjects: ['file'],
  formats: ALL_FORMATS,
  failure: { sentence: (reason) => `ktool apply: ${reason}` },
  examples: [
    'apply -f topics.yaml --dry-run',
    'apply -f topics.yaml',
    { line: 'apply -f topics.yaml --check --prune', exit: 3 },
  ],
  check(given) {
    if (!given.has('file')) throw new UsageError('no file is given', { hint: 'as in apply -f topics.yaml' })
  },
  async run(options, context) {
    const wanted = await readAll(options.file, options.prune, context)
    const cluster = await context.cluster(options)
    const plan = await planFor(cluster, wanted, options.prune)
    throwFailures(plan.refusals.map((refusal) => new Failure(`ktool apply: ${refusal}`)))
    const isDry = options.dryRun || options.check
    // Asked first and done afterwards: a mistake in one topic leaves all of them as they were.
    const asked = await makeChanges(cluster, plan.changes, { validateOnly: true })
    const isPossible = [...asked.values()].every((error) => error === null)
    const outcomes =
      isDry || !isPossible ? asked : await makeChanges(cluster, plan.changes, { validateOnly: false })
    await context.print(planListing(plan.changes, outcomes))
    throwFailures(
      [...outcomes.values()].flatMap((error) =>
        error ? [new Failure(`ktool apply: ${error.message}`, { cause: error.cause })] : [],
      ),
    )
    context.say(summary(plan, isDry))
    if (options.check && plan.changes.length > 0) {
      throw new ConditionNotMet('ktool apply: the cluster is not as the files say')
    }
  },
})

async function readAll(files: readonly string[], prune: boolean, context: Context): Promise<TopicSpec[]> {
  const { readManifest } = await import('../manifest/read.ts')
  const topics = new Map<string, { file: string; topic: TopicSpec }>()
  for (const file of files) {
    const manifest = readManifest(await readText(file, context.io), file)
    if (prune && !manifest.hasTopics) {
      throw new UsageError(`ktool apply: ${file} names no topics, and --prune would delete all of them`, {
        hint: 'topics: {} stands for none',
      })
    }
    for (const topic of manifest.topics) {
      const other = topics.get(topic.name)?.file
      if (other !== undefined) {
        throw new Failure(`ktool apply: topic '${topic.name}' is in ${other} and in ${file}`)
      }
      topics.set(topic.name, { file, topic })
    }
  }
  return [...topics.values()].map(({ topic }) => topic).sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function planFor(cluster: Cluster, wanted: readonly TopicSpec[], prune: boolean): Promise<Plan> {
  const names = new Set(wanted.map(({ name }) => name))
  const all = [...(await cluster.allTopics()).values()]
  const concerned = all
    .filter(({ name, isInternal }) => names.has(name) || (prune && !isInternal && !isInternalTopic(name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  return planChanges(wanted, await currentTopics(cluster, concerned), { prune })
}

function summary({ changes }: Plan, isDry: boolean): string {
  if (changes.length === 0) return 'nothing to change'
  const counted = (['create', 'alter', 'delete'] as const).flatMap((action) => {
    const count = changes.filter((change) => change.action === action).length
    return count === 0 ? [] : [`${count} ${isDry ? `to ${action}` : PAST[action]}`]
  })
  return `${isDry ? 'dry run: ' : ''}topics: ${counted.join(', ')}`
}

const PAST = { create: 'created', alter: 'altered', delete: 'deleted' } as const
