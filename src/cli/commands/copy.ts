import { defineCommand } from '../command.ts'
import { COPY_OPTIONS } from '../copy/options.ts'
import { UsageError } from '../failures.ts'
import { ALL_FORMATS } from '../output/listing.ts'

export const copy = defineCommand({
  name: 'copy',
  options: COPY_OPTIONS,
  subjects: ['topic'],
  formats: ALL_FORMATS,
  failure: { sentence: (reason) => `ktool copy: ${reason}` },
  endsOnInterrupt: true,
  examples: [
    'copy orders --to-topic orders-copy',
    'copy orders --to-topic recent-orders --from @-1h',
    'copy orders --to-topic orders-copy --dry-run -o table',
  ],
  check(given) {
    for (const side of ['from', 'to'] as const) {
      if (given.has(`${side}Context`) && given.has(`${side}BootstrapServer`)) {
        throw new UsageError(`--${side}-context and --${side}-bootstrap-server exclude each other`)
      }
    }
  },
  async run(options, context) {
    const { runCopy } = await import('../copy/run-copy.ts')
    await runCopy(options, context)
  },
})
