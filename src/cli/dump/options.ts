import { int } from '../options.ts'

/** Everything of Java's int: no limit was asked for. */
export const UNLIMITED_BYTES = 0x7fff_ffff

export const STRING_DECODER = 'org.apache.kafka.tools.api.StringDecoder'

export const DUMP_OPTIONS = {
  files: {
    flags: '--files <file,...>',
    help: '.log, .index, .timeindex, .snapshot, .txnindex, .checkpoint.',
    required: true,
    section: 'Which files',
    completes: 'file',
  },
  printDataLog: {
    flags: '--print-data-log',
    help: 'Show keys and values. Any decoder option implies it.',
    section: 'What to show',
  },
  deepIteration: {
    flags: '--deep-iteration',
    help: 'Show the records in the batches.',
    details: '--print-data-log implies it.',
    section: 'What to show',
  },
  indexSanityCheck: {
    flags: '--index-sanity-check',
    help: 'Only check whether a broker would use the index.',
    details: 'As it is, when the broker starts.',
    section: 'What to show',
  },
  verifyIndexOnly: {
    flags: '--verify-index-only',
    help: 'Compare an index with its log; print no entries.',
    section: 'What to show',
  },
  maxMessageSize: {
    flags: '--max-message-size <bytes>',
    help: 'Size of the largest batch; taken for compatibility, any size is read.',
    parse: int,
    default: 5_242_880,
    section: 'Which files',
    rare: true,
  },
  maxBytes: {
    flags: '--max-bytes <bytes>',
    help: 'Read no further than this into each .log file.',
    parse: int,
    default: UNLIMITED_BYTES,
    section: 'Which files',
  },
  keyDecoderClass: {
    flags: '--key-decoder-class [class]',
    help: 'How to show keys; text without it.',
    details: `${STRING_DECODER}, IntegerDecoder, LongDecoder or DefaultDecoder, of the same package.`,
    section: 'What records are',
  },
  valueDecoderClass: {
    flags: '--value-decoder-class [class]',
    help: 'How to show values; text without it.',
    section: 'What records are',
  },
  offsetsDecoder: {
    flags: '--offsets-decoder',
    help: 'The files are of __consumer_offsets.',
    section: 'What records are',
  },
  transactionLogDecoder: {
    flags: '--transaction-log-decoder',
    help: 'The files are of __transaction_state.',
    section: 'What records are',
  },
  clusterMetadataDecoder: {
    flags: '--cluster-metadata-decoder',
    help: 'The files are of __cluster_metadata.',
    section: 'What records are',
  },
  remoteLogMetadataDecoder: {
    flags: '--remote-log-metadata-decoder',
    help: 'The files are of __remote_log_metadata.',
    section: 'What records are',
  },
  shareGroupStateDecoder: {
    flags: '--share-group-state-decoder',
    help: 'The files are of __share_group_state.',
    section: 'What records are',
  },
  skipRecordMetadata: {
    flags: '--skip-record-metadata',
    help: 'Keys and values without offset, timestamp and sizes.',
    details: 'Control records are blank lines.',
    section: 'What to show',
  },
} as const
