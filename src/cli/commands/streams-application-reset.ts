import { defineCommand } from '../command.ts'
import { ALL_FORMATS } from '../output/listing.ts'
import { checkStreamsResetOptions, STREAMS_RESET_OPTIONS } from '../streams-reset/options.ts'

const failed = (reason: string): string => `ERROR: ${reason}`

export const streamsApplicationReset = defineCommand({
  name: 'streams-application-reset',
  options: STREAMS_RESET_OPTIONS,
  formats: ALL_FORMATS,
  failure: { sentence: failed, badValue: failed, exit: 1 },
  examples: [
    'streams-application-reset --application-id shop --input-topics orders --dry-run',
    'streams-application-reset --application-id shop --input-topics orders,payments --to-latest',
    'streams-application-reset --application-id shop --input-topics orders --shift-by -10 --dry-run -o json',
  ],
  check: checkStreamsResetOptions,
  async run(options, context) {
    const { resetScenario } = await import('../streams-reset/scenario.ts')
    const { requireNoMembers } = await import('../streams-reset/members.ts')
    const { resetApplication } = await import('../streams-reset/reset.ts')
    const { applicationId, dryRun, force } = options
    const scenario = resetScenario(options, context.io.now())
    const commandConfig = options.commandConfig ?? options.configFile
    const cluster = await context.cluster({ ...options, commandConfig })
    await requireNoMembers(cluster, applicationId, { force, dryRun }, context)
    return await resetApplication(
      cluster,
      {
        applicationId,
        inputTopics: options.inputTopics.flat(),
        intermediateTopics: options.intermediateTopics.flat(),
        internalTopics: options.internalTopics.flat(),
        scenario,
        dryRun,
      },
      context,
    )
  },
})
