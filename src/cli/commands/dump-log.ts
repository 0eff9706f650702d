import { defineCommand } from '../command.ts'
import { DUMP_OPTIONS } from '../dump/options.ts'

export const dumpLog = defineCommand({
  name: 'dump-log',
  options: DUMP_OPTIONS,
  subjects: ['files'],
  formats: ['text', 'json', 'jsonl'],
  failure: { exit: 0 },
  examples: [
    'dump-log --files orders-0/00000000000000000000.log --print-data-log',
    'dump-log --files orders-0/00000000000000000000.index --verify-index-only',
    'dump-log --files __consumer_offsets-0/00000000000000000000.log --offsets-decoder -o jsonl',
  ],
  async run(options, context) {
    const { runDump } = await import('../dump/run-dump.ts')
    return await runDump(options, context)
  },
})
