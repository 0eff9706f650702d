import { defineCommand } from '../command.ts'
import { currentTopics } from '../manifest/current.ts'
import { SERVER_OPTIONS } from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'
import { selectTopics } from '../topics/select.ts'

export const exportTopics = defineCommand({
  name: 'export',
  options: {
    topic: {
      flags: '-t, --topic <name>',
      help: 'The topic, or a Java regular expression; all without it.',
      completes: 'topic',
    },
    includeInternal: { flags: '--include-internal', help: "Kafka's own topics as well." },
    ...SERVER_OPTIONS,
  },
  subjects: ['topic'],
  formats: ALL_FORMATS,
  failure: { sentence: (reason) => `ktool export: ${reason}` },
  examples: [
    'export > all-topics.yaml',
    "export --topic 'ord.*'",
    'export -o json | ktool apply -f - --dry-run',
  ],
  async run({ topic, includeInternal, ...server }, context) {
    const { manifestListing } = await import('../manifest/write.ts')
    const cluster = await context.cluster(server)
    const selection = { topic, excludeInternal: !includeInternal, ifExists: false }
    await context.print(manifestListing(await currentTopics(cluster, await selectTopics(cluster, selection))))
  },
})
