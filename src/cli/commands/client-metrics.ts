import {
  checkClientMetrics,
  METRICS_ACTIONS,
  METRICS_OPTIONS,
  metricsChanges,
} from '../client-metrics/options.ts'
import { defineCommand } from '../command.ts'
import { ALL_FORMATS } from '../output/listing.ts'

const sentence = (reason: string): string => `Error while executing client metrics command : ${reason}`

export const clientMetrics = defineCommand({
  name: 'client-metrics',
  options: METRICS_OPTIONS,
  words: METRICS_ACTIONS,
  subjects: ['name'],
  formats: ALL_FORMATS,
  failure: {
    sentence,
    badValue: sentence,
    noServer: '--bootstrap-server must be specified.',
  },
  examples: [
    'client-metrics alter producers --metrics org.apache.kafka.producer. --interval 60000 --match client_software_name=apache-kafka-java',
    'client-metrics list',
    'client-metrics --delete --name producers',
  ],
  check: checkClientMetrics,
  async run(options, context) {
    const cluster = await context.cluster(options)
    const { name, dryRun } = options
    if (options.list) {
      const { listSubscriptions, subscriptionNames } = await import('../client-metrics/describe.ts')
      await context.print(subscriptionNames(await listSubscriptions(cluster)))
    } else if (options.describe) {
      const { describeSubscriptions, subscriptionListing } = await import('../client-metrics/describe.ts')
      await context.print(subscriptionListing(await describeSubscriptions(cluster, name)))
    } else if (options.delete) {
      const { deleteSubscription } = await import('../client-metrics/change.ts')
      await deleteSubscription(cluster, name ?? '', dryRun, context)
    } else {
      const { alterSubscription } = await import('../client-metrics/change.ts')
      await alterSubscription(cluster, name, metricsChanges(options), dryRun, context)
    }
  },
})
