import type { Command, CommandGroup } from './command.ts'
import type { Subject } from './subjects.ts'

/** A tool as help, completions and the README know it; its code is loaded when it runs. */
export interface Tool {
  readonly name: string
  /** The script of Kafka's that it stands for; none for ktool's own tools. */
  readonly mirrors?: string
  /** The script of Kafka's whose name it goes by without mirroring it: no option and no text is the same. */
  readonly script?: string
  readonly alias?: string
  /** The heading it stands under in the help of ktool. */
  readonly subject: Subject
  readonly summary: string
  readonly load: () => Promise<Command | CommandGroup>
}

export const TOOLS: readonly Tool[] = [
  {
    name: 'topics',
    mirrors: 'kafka-topics.sh',
    subject: 'Topics and records',
    summary: 'List, create, describe, extend and delete topics.',
    load: async () => (await import('./commands/topics.ts')).topics,
  },
  {
    name: 'configs',
    mirrors: 'kafka-configs.sh',
    subject: 'Cluster',
    summary: 'Describe and change settings of topics, brokers, users, clients, groups and addresses.',
    load: async () => (await import('./commands/configs.ts')).configs,
  },
  {
    name: 'get-offsets',
    mirrors: 'kafka-get-offsets.sh',
    subject: 'Topics and records',
    summary: 'Print the offset of each partition at a time: its end, its start, or any moment.',
    load: async () => (await import('./commands/get-offsets.ts')).getOffsets,
  },
  {
    name: 'delete-records',
    mirrors: 'kafka-delete-records.sh',
    subject: 'Topics and records',
    summary: 'Delete the records of partitions before an offset.',
    load: async () => (await import('./commands/delete-records.ts')).deleteRecordsTool,
  },
  {
    name: 'log-dirs',
    mirrors: 'kafka-log-dirs.sh',
    subject: 'Cluster',
    summary: 'Tell how much each partition takes up in the log directories.',
    load: async () => (await import('./commands/log-dirs.ts')).logDirs,
  },
  {
    name: 'cluster',
    mirrors: 'kafka-cluster.sh',
    subject: 'Cluster',
    summary: "Tell the cluster's id and endpoints, and forget brokers.",
    load: async () => (await import('./commands/cluster.ts')).cluster,
  },
  {
    name: 'features',
    mirrors: 'kafka-features.sh',
    subject: 'Cluster',
    summary: 'Describe, upgrade and downgrade the features of a cluster.',
    load: async () => (await import('./commands/features.ts')).features,
  },
  {
    name: 'metadata-quorum',
    mirrors: 'kafka-metadata-quorum.sh',
    subject: 'Cluster',
    summary: "Describe the controllers that keep the cluster's metadata; add and remove them.",
    load: async () => (await import('./commands/metadata-quorum.ts')).metadataQuorum,
  },
  {
    name: 'leader-election',
    mirrors: 'kafka-leader-election.sh',
    subject: 'Cluster',
    summary: 'Have leaders elected for partitions: the preferred ones, or any.',
    load: async () => (await import('./commands/leader-election.ts')).leaderElection,
  },
  {
    name: 'reassign-partitions',
    mirrors: 'kafka-reassign-partitions.sh',
    subject: 'Cluster',
    summary: 'Move partitions to other brokers, and replicas to other folders.',
    load: async () => (await import('./commands/reassign-partitions.ts')).reassignPartitions,
  },
  {
    name: 'transactions',
    mirrors: 'kafka-transactions.sh',
    subject: 'Cluster',
    summary: 'List and describe transactions and producers; find and end what hangs.',
    load: async () => (await import('./commands/transactions.ts')).transactions,
  },
  {
    name: 'replica-verification',
    mirrors: 'kafka-replica-verification.sh',
    subject: 'Cluster',
    summary: 'Compare the replicas of partitions, batch by batch.',
    load: async () => (await import('./commands/replica-verification.ts')).replicaVerification,
  },
  {
    name: 'broker-api-versions',
    mirrors: 'kafka-broker-api-versions.sh',
    subject: 'Cluster',
    summary: 'Tell which versions of which APIs each broker offers.',
    load: async () => (await import('./commands/broker-api-versions.ts')).brokerApiVersions,
  },
  {
    name: 'console-producer',
    mirrors: 'kafka-console-producer.sh',
    alias: 'produce',
    subject: 'Topics and records',
    summary: 'Write lines from standard input to a topic.',
    load: async () => (await import('./commands/console-producer.ts')).consoleProducer,
  },
  {
    name: 'console-consumer',
    mirrors: 'kafka-console-consumer.sh',
    alias: 'consume',
    subject: 'Topics and records',
    summary: 'Print the records of topics.',
    load: async () => (await import('./commands/console-consumer.ts')).consoleConsumer,
  },
  {
    name: 'console-share-consumer',
    mirrors: 'kafka-console-share-consumer.sh',
    subject: 'Topics and records',
    summary: 'Print the records of a topic as a member of a share group.',
    load: async () => (await import('./commands/console-share-consumer.ts')).consoleShareConsumer,
  },
  {
    name: 'consumer-groups',
    mirrors: 'kafka-consumer-groups.sh',
    subject: 'Groups',
    summary: 'List, describe, reset and delete consumer groups and their offsets.',
    load: async () => (await import('./commands/consumer-groups.ts')).consumerGroups,
  },
  {
    name: 'share-groups',
    mirrors: 'kafka-share-groups.sh',
    subject: 'Groups',
    summary: 'List, describe, reset and delete share groups and their offsets.',
    load: async () => (await import('./commands/share-groups.ts')).shareGroups,
  },
  {
    name: 'streams-groups',
    mirrors: 'kafka-streams-groups.sh',
    subject: 'Groups',
    summary: 'List, describe, reset and delete streams groups, their offsets and internal topics.',
    load: async () => (await import('./commands/streams-groups.ts')).streamsGroups,
  },
  {
    name: 'streams-application-reset',
    mirrors: 'kafka-streams-application-reset.sh',
    subject: 'Groups',
    summary: 'Have a Kafka Streams application start over: reset offsets, delete internal topics.',
    load: async () => (await import('./commands/streams-application-reset.ts')).streamsApplicationReset,
  },
  {
    name: 'groups',
    mirrors: 'kafka-groups.sh',
    subject: 'Groups',
    summary: 'List the groups of all types.',
    load: async () => (await import('./commands/groups.ts')).groups,
  },
  {
    name: 'acls',
    mirrors: 'kafka-acls.sh',
    subject: 'Security',
    summary: 'List, add and remove ACLs: who may do what.',
    load: async () => (await import('./commands/acls.ts')).acls,
  },
  {
    name: 'delegation-tokens',
    mirrors: 'kafka-delegation-tokens.sh',
    subject: 'Security',
    summary: 'Create, renew, expire and print tokens that stand for a login.',
    load: async () => (await import('./commands/delegation-tokens.ts')).delegationTokens,
  },
  {
    name: 'client-metrics',
    mirrors: 'kafka-client-metrics.sh',
    subject: 'Cluster',
    summary: 'Tell which metrics brokers ask clients for, and change it.',
    load: async () => (await import('./commands/client-metrics.ts')).clientMetrics,
  },
  {
    name: 'dump-log',
    mirrors: 'kafka-dump-log.sh',
    subject: 'Files of a broker',
    summary: 'Show what is in the files of a log: records, indexes, producer states, snapshots.',
    load: async () => (await import('./commands/dump-log.ts')).dumpLog,
  },
  {
    name: 'storage',
    mirrors: 'kafka-storage.sh',
    subject: 'Files of a broker',
    summary: 'Prepare the data folders of a Kafka server, and look at them.',
    load: async () => (await import('./commands/storage.ts')).storage,
  },
  {
    name: 'producer-perf-test',
    mirrors: 'kafka-producer-perf-test.sh',
    subject: 'Measuring and testing',
    summary: 'Measure how fast records are written, and how soon they are acknowledged.',
    load: async () => (await import('./commands/producer-perf-test.ts')).producerPerfTest,
  },
  {
    name: 'consumer-perf-test',
    mirrors: 'kafka-consumer-perf-test.sh',
    subject: 'Measuring and testing',
    summary: 'Measure how fast records are read.',
    load: async () => (await import('./commands/consumer-perf-test.ts')).consumerPerfTest,
  },
  {
    name: 'e2e-latency',
    mirrors: 'kafka-e2e-latency.sh',
    subject: 'Measuring and testing',
    summary: 'Measure how long a record takes from who sends it to who reads it.',
    load: async () => (await import('./commands/e2e-latency.ts')).e2eLatency,
  },
  {
    name: 'verifiable-producer',
    mirrors: 'kafka-verifiable-producer.sh',
    subject: 'Measuring and testing',
    summary: 'Write numbers, and tell as JSON what became of each.',
    load: async () => (await import('./commands/verifiable-producer.ts')).verifiableProducer,
  },
  {
    name: 'verifiable-consumer',
    mirrors: 'kafka-verifiable-consumer.sh',
    subject: 'Measuring and testing',
    summary: 'Read as a member of a group, and tell as JSON what happens.',
    load: async () => (await import('./commands/verifiable-consumer.ts')).verifiableConsumer,
  },
  {
    name: 'lag',
    subject: 'Groups',
    summary: 'Tell how far consumer groups are behind, and check or wait for it.',
    load: async () => (await import('./commands/lag.ts')).lag,
  },
  {
    name: 'copy',
    subject: 'Topics and records',
    summary: 'Copy a topic to another one or another cluster, and go on where a copy ended.',
    load: async () => (await import('./commands/copy.ts')).copy,
  },
  {
    name: 'apply',
    subject: 'Topics and records',
    summary: 'Make topics what a file says: partitions and settings, and show the difference.',
    load: async () => (await import('./commands/apply.ts')).apply,
  },
  {
    name: 'export',
    subject: 'Topics and records',
    summary: 'Write the topics of a cluster as a file for apply.',
    load: async () => (await import('./commands/export.ts')).exportTopics,
  },
  {
    name: 'wait',
    subject: 'Measuring and testing',
    summary: 'Wait until a broker, a topic, a group or an offset is there.',
    load: async () => (await import('./commands/wait.ts')).waitTool,
  },
  {
    name: 'smoke',
    subject: 'Measuring and testing',
    summary: 'Write a record to a cluster, read it back, and tell how long that took.',
    load: async () => (await import('./commands/smoke.ts')).smoke,
  },
  {
    name: 'doctor',
    subject: 'Measuring and testing',
    summary: 'Tell which step of reaching a cluster fails, and what helps.',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    name: 'serve',
    script: 'kafka-server-start.sh',
    subject: 'A broker on this machine',
    summary: 'Run a broker, or a few, on this machine.',
    load: async () => (await import('./commands/serve.ts')).serve,
  },
  {
    name: 'completion',
    subject: 'ktool itself',
    summary: 'Print what a shell needs to complete the command lines of ktool.',
    load: async () => (await import('./commands/completion.ts')).completion,
  },
  {
    name: 'link',
    subject: 'ktool itself',
    summary: "Make links with the names of Kafka's tools that lead to ktool.",
    load: async () => (await import('./commands/link.ts')).link,
  },
  {
    name: 'context',
    subject: 'ktool itself',
    summary: 'Name clusters, and choose the one that tools talk to.',
    load: async () => (await import('./commands/context.ts')).contextTool,
  },
]

export function findTool(name: string): Tool | undefined {
  return TOOLS.find((tool) => tool.name === name || tool.alias === name)
}

/** The names of links that are this tool: `kafka-topics`, `kafka-topics.sh`. */
export function linkNamesOf({ mirrors, script = mirrors }: Tool): string[] {
  return script === undefined ? [] : [script.replace(/\.sh$/, ''), script]
}

/** The tool that a program is called as: a link named kafka-topics or kafka-topics.sh is `topics`. */
export function toolOfProgram(path: string): Tool | undefined {
  const program = path.replace(/^.*[/\\]/, '').replace(/\.(sh|bat|js)$/, '')
  return TOOLS.find((tool) => linkNamesOf(tool)[0] === program)
}
