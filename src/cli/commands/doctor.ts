import { systemClock } from '../../client/clock.ts'
import { commonSettings } from '../../client/config/common-config.ts'
import { openSecurity } from '../../client/security/security.ts'
import { defineCommand } from '../command.ts'
import { examine } from '../doctor/examine.ts'
import type { Finding } from '../doctor/finding.ts'
import { doctorListing, findingText } from '../doctor/listing.ts'
import { Failure } from '../failures.ts'
import { positiveMs, SERVER_OPTIONS } from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'

export const doctor = defineCommand({
  name: 'doctor',
  options: {
    topic: {
      flags: '-t, --topic <name>',
      help: 'Tell what is allowed on this topic, too.',
      repeatable: true,
      completes: 'topic',
    },
    timeoutMs: {
      flags: '--timeout-ms <ms>',
      help: 'How long an address may take to answer.',
      parse: positiveMs,
      default: 5000,
    },
    ...SERVER_OPTIONS,
  },
  subjects: ['topic'],
  formats: ALL_FORMATS,
  failure: { sentence: (reason) => `ktool doctor: ${reason}` },
  examples: ['doctor', 'doctor --topic orders', 'doctor -o json'],
  async run({ topic, timeoutMs, ...naming }, context) {
    const { server, properties } = await context.settings(naming)
    const settings = commonSettings(properties)
    const findings: Finding[] = []
    for await (const finding of examine({
      addresses: server.addresses,
      source: server.source,
      protocol: settings['security.protocol'],
      topics: topic,
      timeoutMs,
      clock: systemClock,
      ...(await openSecurity(settings, systemClock)),
    })) {
      findings.push(finding)
      // A step may take seconds: each is told when it is done.
      if (context.isText) context.io.out(findingText(finding))
    }
    if (!context.isText) await context.print(doctorListing(findings))
    const failed = findings.filter(({ isOk }) => !isOk)
    if (failed.length === 0) return
    throw new Failure(`ktool doctor: ${failed.length} of ${findings.length} findings are bad`)
  },
})
