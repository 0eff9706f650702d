import { parseFrom, parseUntil } from '../consume/place.ts'
import type { OptionSpecs } from '../option-spec.ts'
import { DRY_RUN, SERVER_OPTIONS } from '../options.ts'

const [WHAT, WHERE, HOW] = ['What to copy', 'From where, to where', 'How']

export const COPY_OPTIONS = {
  topic: {
    flags: '-t, --topic <name>',
    help: 'The topic to copy.',
    required: true,
    section: WHAT,
    completes: 'topic',
  },
  toTopic: {
    flags: '--to-topic <name>',
    help: 'Its name in the target: the same unless given.',
    section: WHAT,
  },
  from: {
    flags: '--from <place>',
    help: 'Where to start: earliest, latest, an offset, -N, @TIME; starts anew.',
    parse: parseFrom,
    section: WHAT,
  },
  until: {
    flags: '--until <place>',
    help: 'Where to stop: end (as it is now, the default), an offset, +N, @TIME.',
    parse: parseUntil,
    section: WHAT,
  },
  fromContext: {
    flags: '--from-context <name>',
    help: 'The cluster to read from; the usual one unless given.',
    section: WHERE,
    completes: 'context',
  },
  toContext: {
    flags: '--to-context <name>',
    help: 'The cluster to write to; the usual one unless given.',
    section: WHERE,
    completes: 'context',
  },
  fromBootstrapServer: {
    flags: '--from-bootstrap-server <host:port>',
    help: 'Brokers to read from, in place of a context.',
    section: WHERE,
  },
  toBootstrapServer: {
    flags: '--to-bootstrap-server <host:port>',
    help: 'Brokers to write to, in place of a context.',
    section: WHERE,
  },
  fromProperty: {
    flags: '--from-property <name=value>',
    help: "Setting of the consumer, under Kafka's name.",
    repeatable: true,
    section: WHERE,
  },
  toProperty: {
    flags: '--to-property <name=value>',
    help: "Setting of the producer, under Kafka's name.",
    repeatable: true,
    section: WHERE,
  },
  byKey: {
    flags: '--by-key',
    help: 'Choose partitions by key, where the target has not as many.',
    section: HOW,
  },
  restart: { flags: '--restart', help: 'Start anew, where an earlier copy would go on.', section: HOW },
  state: {
    flags: '--state <file>',
    help: 'Where to note how far the copy is: a file in your state folder unless given.',
    section: HOW,
    completes: 'file',
  },
  dryRun: { ...DRY_RUN, section: HOW },
  ...SERVER_OPTIONS,
} as const satisfies OptionSpecs
