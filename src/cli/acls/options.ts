import { UsageError } from '../failures.ts'
import { parsePrincipal, principalText } from '../kafka/principal.ts'
import type { Given } from '../option-spec.ts'
import { BadValue } from '../option-spec.ts'
import {
  CONTROLLER_OPTION,
  checkServerChoice,
  DRY_RUN,
  exactlyOne,
  forbid,
  SERVER_OPTIONS,
} from '../options.ts'
import { OPERATIONS, type Operation, PATTERN_TYPES, type PatternType } from './acl.ts'

export const ACL_ACTIONS = ['list', 'add', 'remove'] as const

const RESOURCES = { section: 'Which resources', repeatable: true } as const
const WHO = { section: 'Who, from where, and what', repeatable: true } as const
const ROLE = { section: 'Roles, in place of operations' } as const

const principal = (text: string): string => principalText(parsePrincipal(text))
const trimmed = (text: string): string => text.trim()

export const ACL_OPTIONS = {
  list: { flags: '--list', help: 'List ACLs.', section: 'What to do' },
  add: { flags: '--add', help: 'Add ACLs.', section: 'What to do' },
  remove: {
    flags: '--remove',
    help: 'Remove ACLs: those named, or all of the resources.',
    section: 'What to do',
  },
  force: { flags: '--force', help: 'With --remove: do not ask.', section: 'What to do' },
  topic: { flags: '-t, --topic <name>', help: "A topic; '*' stands for all.", parse: trimmed, ...RESOURCES },
  group: { flags: '-g, --group <id>', help: "A group; '*' stands for all.", parse: trimmed, ...RESOURCES },
  cluster: { flags: '--cluster', help: 'The cluster.', section: RESOURCES.section },
  transactionalId: { flags: '--transactional-id <id>', help: 'A transactional id.', ...RESOURCES },
  delegationToken: {
    flags: '--delegation-token <id>',
    help: 'A delegation token.',
    parse: trimmed,
    ...RESOURCES,
  },
  userPrincipal: {
    flags: '--user-principal <type:name>',
    help: 'A user that others get tokens for.',
    parse: trimmed,
    ...RESOURCES,
  },
  resourcePatternType: {
    flags: '--resource-pattern-type <type>',
    help: 'How names are meant: literal or prefixed; to list and remove also any, match.',
    parse: parsePatternType,
    default: 'LITERAL',
    section: RESOURCES.section,
  },
  allowPrincipal: {
    flags: '--allow-principal <type:name>',
    help: 'Who may, as User:alice.',
    parse: principal,
    ...WHO,
  },
  denyPrincipal: {
    flags: '--deny-principal <type:name>',
    help: 'Who may not, whatever else allows it.',
    parse: principal,
    ...WHO,
  },
  allowHost: { flags: '--allow-host <address>', help: 'From where they may.', parse: trimmed, ...WHO },
  denyHost: { flags: '--deny-host <address>', help: 'From where they may not.', parse: trimmed, ...WHO },
  operation: {
    flags: '--operation <name>',
    help: 'Read, Write, Describe, AlterConfigs, …; all of them when left out.',
    parse: parseOperation,
    ...WHO,
  },
  principal: {
    flags: '--principal [type:name]',
    help: 'With --list: only of this principal.',
    parse: principal,
    ...WHO,
  },
  producer: { flags: '--producer', help: 'What a producer to the topics needs.', ...ROLE },
  idempotent: { flags: '--idempotent', help: 'With --producer: also for idempotence.', ...ROLE },
  consumer: { flags: '--consumer', help: 'What a consumer in the groups needs.', ...ROLE },
  ...SERVER_OPTIONS,
  commandConfig: { ...SERVER_OPTIONS.commandConfig, flags: '--command-config [file]' },
  bootstrapController: CONTROLLER_OPTION,
  dryRun: DRY_RUN,
} as const

/** As it is written on the command line: `AlterConfigs`, in capitals or not. */
function parseOperation(text: string): Operation {
  const wanted = text.trim().toUpperCase()
  return OPERATIONS.find((operation) => operation.replaceAll('_', '') === wanted) ?? 'UNKNOWN'
}

function parsePatternType(text: string): PatternType {
  const type = PATTERN_TYPES.find((known) => known === text.toUpperCase())
  if (type === undefined || type === 'UNKNOWN') throw new BadValue('')
  return type
}

export type AclKey = keyof typeof ACL_OPTIONS

export function checkAclOptions(given: Given<AclKey>): void {
  checkServerChoice(given, 'Only one of --bootstrap-server or --bootstrap-controller must be specified')
  exactlyOne(given, ACL_ACTIONS, 'Command must include exactly one action: --list, --add, --remove.')
  forbid(given, 'list', ['producer', 'consumer', 'allowHost', 'allowPrincipal', 'denyHost', 'denyPrincipal'])
  for (const role of ['producer', 'consumer'] as const) {
    forbid(given, role, ['operation', 'denyPrincipal', 'denyHost'])
  }
  if (given.has('principal') && !given.has('list')) {
    throw new UsageError('The --principal option is only available if --list is set')
  }
  if (given.has('producer') && !given.has('topic')) {
    throw new UsageError('With --producer you must specify a --topic')
  }
  if (given.has('idempotent') && !given.has('producer')) {
    throw new UsageError('The --idempotent option is only available if --producer is set')
  }
  if (given.has('consumer') && !hasConsumerResources(given)) {
    throw new UsageError(
      'With --consumer you must specify a --topic and a --group and no --cluster or --transactional-id option should be specified.',
    )
  }
}

function hasConsumerResources(given: Given<AclKey>): boolean {
  if (!given.has('topic') || !given.has('group')) return false
  return given.has('producer') || (!given.has('cluster') && !given.has('transactionalId'))
}
