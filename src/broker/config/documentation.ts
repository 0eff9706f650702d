// What the settings do that this broker obeys, for clients that ask. The others are taken, kept and told, no more.

const segmentBytes =
  'A segment of a log is closed, and the next one begun, before it grows past this many bytes.'
const segmentMs = 'A segment is closed once its first record is older than this many milliseconds.'
const segmentJitter =
  'Up to this many milliseconds are taken off the age at which segments are closed, so that not all are closed at once.'
const indexBytes = 'A segment is closed when one of its indexes reaches this size.'
const indexInterval = 'Bytes of log between two entries of the offset index.'
const flushMessages = 'After this many records a log is synced to the disk before the write is acknowledged.'
const flushMs = 'Records not yet on the disk are synced once they are this many milliseconds old.'
const retentionBytes =
  'The oldest segments of a partition are removed while the others hold at least this many bytes; -1 keeps all.'
const retentionMs = 'Segments are removed when their youngest record is older than this; -1 keeps all.'
const maxMessage = 'The largest batch of records that is taken, in bytes, as compressed by the producer.'
const deleteDelay = 'How long the files of a deleted partition or segment stay, under another name.'
const cleanupPolicy =
  'delete removes old segments by age and size; compact keeps the last record of each key. Both may be given.'
const minInsync =
  'How many replicas must have a record before a producer with acks=all is told that it is written.'
const compression =
  'How batches are stored: as the producer sent them (producer), uncompressed, or with gzip, snappy, lz4 or zstd.'
const timestampType = 'Whether records carry the time they were made (CreateTime) or written (LogAppendTime).'
const timestampBefore = 'How far the time of a record may lie behind the broker, in milliseconds.'
const timestampAfter = 'How far the time of a record may lie ahead of the broker, in milliseconds.'
const level = (codec: string) => `The compression level of ${codec}, where the broker compresses.`

export const documentation: Readonly<Record<string, string>> = {
  'segment.bytes': segmentBytes,
  'log.segment.bytes': segmentBytes,
  'segment.ms': segmentMs,
  'log.roll.ms': segmentMs,
  'log.roll.hours': 'As log.roll.ms, in hours; log.roll.ms goes first.',
  'segment.jitter.ms': segmentJitter,
  'log.roll.jitter.ms': segmentJitter,
  'log.roll.jitter.hours': 'As log.roll.jitter.ms, in hours; log.roll.jitter.ms goes first.',
  'segment.index.bytes': indexBytes,
  'log.index.size.max.bytes': indexBytes,
  'index.interval.bytes': indexInterval,
  'log.index.interval.bytes': indexInterval,
  'flush.messages': flushMessages,
  'log.flush.interval.messages': flushMessages,
  'flush.ms': flushMs,
  'log.flush.interval.ms': flushMs,
  'retention.bytes': retentionBytes,
  'log.retention.bytes': retentionBytes,
  'retention.ms': retentionMs,
  'log.retention.ms': retentionMs,
  'log.retention.minutes': 'As log.retention.ms, in minutes; log.retention.ms goes first.',
  'log.retention.hours': 'As log.retention.ms, in hours; log.retention.minutes goes first.',
  'log.dir': 'The folder that holds the logs, where log.dirs is not given.',
  'log.dirs': 'The folder that holds the logs.',
  'log.flush.offset.checkpoint.interval.ms':
    'How often the recovery points of all logs are written, in milliseconds.',
  'log.flush.scheduler.interval.ms': 'As log.flush.interval.ms, which goes first.',
  'log.retention.check.interval.ms':
    'How often logs are looked through for segments to remove, in milliseconds.',
  'max.message.bytes': maxMessage,
  'message.max.bytes': maxMessage,
  'file.delete.delay.ms': deleteDelay,
  'log.segment.delete.delay.ms': deleteDelay,
  'cleanup.policy': cleanupPolicy,
  'log.cleanup.policy': cleanupPolicy,
  'min.insync.replicas': minInsync,
  'compression.type': compression,
  'compression.gzip.level': level('gzip'),
  'compression.lz4.level': level('lz4'),
  'compression.zstd.level': level('zstd'),
  'message.timestamp.type': timestampType,
  'log.message.timestamp.type': timestampType,
  'message.timestamp.before.max.ms': timestampBefore,
  'log.message.timestamp.before.max.ms': timestampBefore,
  'message.timestamp.after.max.ms': timestampAfter,
  'log.message.timestamp.after.max.ms': timestampAfter,
  'auto.create.topics.enable': 'Whether a topic is created when a client asks about one that is not there.',
  'num.partitions': 'Partitions of a topic that is created without saying how many.',
  'default.replication.factor': 'Replicas of a topic that is created without saying how many.',
  'delete.topic.enable': 'Whether topics can be deleted.',
  'broker.rack': 'Where the broker stands, for clients that read from a replica close by.',
  'broker.id': 'As node.id.',
  listeners: 'Where the broker listens: NAME://host:port, with commas.',
  'advertised.listeners': 'The addresses that clients are given, instead of those that they connected to.',
  'listener.security.protocol.map': 'The security protocol of each listener: NAME:PROTOCOL, with commas.',
  'controller.listener.names':
    'Listeners for controllers: they are not opened, as the controller is part of the broker.',
  'process.roles': 'Always broker and controller.',
  'queued.max.request.bytes': 'Memory for large requests of all connections together; the others wait.',
  'auto.leader.rebalance.enable': 'Whether preferred replicas become leaders again when their brokers start.',
  'node.id': 'The number that tells the broker from the others.',
  'connections.max.idle.ms': 'Connections on which nothing was sent for this many milliseconds are closed.',
  'max.connections': 'How many connections the broker takes at a time.',
  'max.connections.per.ip': 'How many connections the broker takes from one address at a time.',
  'max.connections.per.ip.overrides':
    'Other limits than max.connections.per.ip, as address:limit with commas.',
  'socket.request.max.bytes':
    'The largest request that is read; a client that sends a larger one is cut off.',
  'max.incremental.fetch.session.cache.slots': 'How many incremental fetch sessions the broker remembers.',
  'max.request.partition.size.limit':
    'The most partitions that one answer of DescribeTopicPartitions describes.',
  'fetch.max.bytes': 'The most that one answer to a fetch holds, unless its first batch alone is larger.',
  'producer.id.expiration.ms': 'How long the sequences of a producer that writes nothing are remembered.',
  'group.initial.rebalance.delay.ms':
    'How long the first rebalance of a classic group waits for more members, again as long as some come.',
  'group.min.session.timeout.ms': 'The shortest session that a member of a classic group may ask for.',
  'group.max.session.timeout.ms': 'The longest session that a member of a classic group may ask for.',
  'group.max.size': 'How many members a classic group takes.',
  'group.consumer.assignors':
    'The assignors that members of consumer groups can choose; the first is the default.',
  'group.consumer.max.size': 'How many members a consumer group takes.',
  'group.consumer.session.timeout.ms':
    'After this time without a heartbeat a member of a consumer group is removed.',
  'group.consumer.min.session.timeout.ms': 'The least that a group may set as consumer.session.timeout.ms.',
  'group.consumer.max.session.timeout.ms': 'The most that a group may set as consumer.session.timeout.ms.',
  'group.consumer.heartbeat.interval.ms': 'How often members of consumer groups send heartbeats.',
  'group.consumer.min.heartbeat.interval.ms':
    'The least that a group may set as consumer.heartbeat.interval.ms.',
  'group.consumer.max.heartbeat.interval.ms':
    'The most that a group may set as consumer.heartbeat.interval.ms.',
  'group.consumer.assignment.interval.ms': 'The least time between two assignments of a consumer group.',
  'group.consumer.min.assignment.interval.ms':
    'The least that a group may set as consumer.assignment.interval.ms.',
  'group.consumer.max.assignment.interval.ms':
    'The most that a group may set as consumer.assignment.interval.ms.',
  'group.consumer.migration.policy':
    'Whether groups may change between the classic and the consumer protocol.',
  'group.consumer.regex.refresh.interval.ms':
    'How often subscriptions by pattern are compared with the topics there are.',
  'group.coordinator.rebalance.protocols': 'The group protocols that are enabled.',
  'offset.metadata.max.bytes': 'The longest text that may be committed with an offset.',
  'offsets.retention.minutes':
    'Committed offsets are removed after so many minutes without a commit, or since their group was left.',
  'offsets.retention.check.interval.ms': 'How often committed offsets are looked through for some to remove.',
  'offsets.topic.num.partitions': 'Partitions of __consumer_offsets when it is created.',
  'offsets.topic.replication.factor':
    'Replicas of __consumer_offsets when it is created; fewer if there are fewer brokers.',
  'offsets.topic.segment.bytes': 'The size of the segments of __consumer_offsets when it is created.',
  'share.coordinator.state.topic.min.isr': 'min.insync.replicas of __share_group_state when it is created.',
  'share.coordinator.state.topic.num.partitions': 'Partitions of __share_group_state when it is created.',
  'share.coordinator.state.topic.replication.factor':
    'Replicas of __share_group_state when it is created; fewer if there are fewer brokers.',
  'share.coordinator.state.topic.segment.bytes':
    'The size of the segments of __share_group_state when it is created.',
  'transaction.state.log.min.isr': 'min.insync.replicas of __transaction_state when it is created.',
  'transaction.state.log.num.partitions': 'Partitions of __transaction_state when it is created.',
  'transaction.state.log.replication.factor':
    'Replicas of __transaction_state when it is created; fewer if there are fewer brokers.',
  'transaction.state.log.segment.bytes':
    'The size of the segments of __transaction_state when it is created.',
  'offsets.topic.compression.codec':
    'How the broker packs what it writes to __consumer_offsets: 0 not at all, 1 gzip, 2 snappy, 3 lz4, 4 zstd.',
}
