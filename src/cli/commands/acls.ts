import { ACL_ACTIONS, ACL_OPTIONS, checkAclOptions } from '../acls/options.ts'
import { type AclOptions, aclsToAdd, wantedAcls } from '../acls/wanted.ts'
import { defineCommand } from '../command.ts'
import type { Context, ServerOptions } from '../context.ts'
import { ALL_FORMATS } from '../output/listing.ts'

const sentence = (reason: string): string => `Error while executing ACL command: ${reason}`

export const acls = defineCommand({
  name: 'acls',
  options: ACL_OPTIONS,
  words: ACL_ACTIONS,
  subjects: ['topic'],
  formats: ALL_FORMATS,
  needsKafka: true,
  failure: {
    sentence,
    badValue: sentence,
    noServer: 'One of --bootstrap-server or --bootstrap-controller must be specified',
    hints: {
      SECURITY_DISABLED: 'a broker has ACLs once its setting authorizer.class.name names an authorizer',
    },
  },
  examples: [
    'acls list orders -o table',
    'acls add orders --allow-principal User:alice --consumer --group billing --dry-run',
    'acls --remove --topic orders --allow-principal User:alice --operation Write --force',
  ],
  check: checkAclOptions,
  async run(options, context) {
    // What is wrong with the command line is told before anything is sent.
    if (options.add) {
      const wanted = aclsToAdd(options)
      const { addAcls } = await import('../acls/add.ts')
      await addAcls(await context.cluster(serverOf(options)), wanted, options.dryRun, context)
    } else if (options.remove) {
      const wanted = wantedAcls(options)
      if (wanted.every(({ entries }) => entries.length === 0)) sayWhatIsIgnored(context)
      const { removeAcls } = await import('../acls/remove.ts')
      await removeAcls(await context.cluster(serverOf(options)), wanted, options, context)
    } else {
      const { listAcls } = await import('../acls/list.ts')
      await context.print(await listAcls(await context.cluster(serverOf(options)), options))
    }
  },
})

/** Kafka's tool takes --command-config without a file, and has no settings then. */
const serverOf = ({ commandConfig, ...options }: AclOptions): ServerOptions => ({
  ...options,
  commandConfig: commandConfig === true ? undefined : commandConfig,
})

/** As in Kafka's tool, principals alone narrow down what --remove removes. */
function sayWhatIsIgnored(context: Context): void {
  for (const [key, flag] of NARROWING) {
    if (context.given.has(key))
      context.say(`${flag} counts for nothing without a principal: all ACLs are meant`)
  }
}

const NARROWING = [
  ['operation', '--operation'],
  ['allowHost', '--allow-host'],
  ['denyHost', '--deny-host'],
] as const
