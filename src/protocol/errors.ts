// Kafka's error codes: number, whether a client may simply try again, the name of the exception that Kafka's own
// tools print, and the sentence that comes with it (org.apache.kafka.common.protocol.Errors, 4.3.1). Scripts match
// these sentences, so they are Kafka's to the letter.
const ROWS = {
  UNKNOWN_SERVER_ERROR: [
    -1,
    false,
    'UnknownServerException',
    'The server experienced an unexpected error when processing the request.',
  ],
  NONE: [0, false, '', ''],
  OFFSET_OUT_OF_RANGE: [
    1,
    false,
    'OffsetOutOfRangeException',
    'The requested offset is not within the range of offsets maintained by the server.',
  ],
  CORRUPT_MESSAGE: [
    2,
    true,
    'CorruptRecordException',
    'This message has failed its CRC checksum, exceeds the valid size, has a null key for a compacted topic, or is otherwise corrupt.',
  ],
  UNKNOWN_TOPIC_OR_PARTITION: [
    3,
    true,
    'UnknownTopicOrPartitionException',
    'This server does not host this topic-partition.',
  ],
  INVALID_FETCH_SIZE: [4, false, 'InvalidFetchSizeException', 'The requested fetch size is invalid.'],
  LEADER_NOT_AVAILABLE: [
    5,
    true,
    'LeaderNotAvailableException',
    'There is no leader for this topic-partition as we are in the middle of a leadership election.',
  ],
  NOT_LEADER_OR_FOLLOWER: [
    6,
    true,
    'NotLeaderOrFollowerException',
    'For requests intended only for the leader, this error indicates that the broker is not the current leader. For requests intended for any replica, this error indicates that the broker is not a replica of the topic partition.',
  ],
  REQUEST_TIMED_OUT: [7, true, 'TimeoutException', 'The request timed out.'],
  BROKER_NOT_AVAILABLE: [8, false, 'BrokerNotAvailableException', 'The broker is not available.'],
  REPLICA_NOT_AVAILABLE: [
    9,
    true,
    'ReplicaNotAvailableException',
    'The replica is not available for the requested topic-partition. Produce/Fetch requests and other requests intended only for the leader or follower return NOT_LEADER_OR_FOLLOWER if the broker is not a replica of the topic-partition.',
  ],
  MESSAGE_TOO_LARGE: [
    10,
    false,
    'RecordTooLargeException',
    'The request included a message larger than the max message size the server will accept.',
  ],
  STALE_CONTROLLER_EPOCH: [11, false, 'ControllerMovedException', 'The controller moved to another broker.'],
  OFFSET_METADATA_TOO_LARGE: [
    12,
    false,
    'OffsetMetadataTooLarge',
    'The metadata field of the offset request was too large.',
  ],
  NETWORK_EXCEPTION: [
    13,
    true,
    'NetworkException',
    'The server disconnected before a response was received.',
  ],
  COORDINATOR_LOAD_IN_PROGRESS: [
    14,
    true,
    'CoordinatorLoadInProgressException',
    "The coordinator is loading and hence can't process requests.",
  ],
  COORDINATOR_NOT_AVAILABLE: [
    15,
    true,
    'CoordinatorNotAvailableException',
    'The coordinator is not available.',
  ],
  NOT_COORDINATOR: [16, true, 'NotCoordinatorException', 'This is not the correct coordinator.'],
  INVALID_TOPIC_EXCEPTION: [
    17,
    false,
    'InvalidTopicException',
    'The request attempted to perform an operation on an invalid topic.',
  ],
  RECORD_LIST_TOO_LARGE: [
    18,
    false,
    'RecordBatchTooLargeException',
    'The request included message batch larger than the configured segment size on the server.',
  ],
  NOT_ENOUGH_REPLICAS: [
    19,
    true,
    'NotEnoughReplicasException',
    'Messages are rejected since there are fewer in-sync replicas than required.',
  ],
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: [
    20,
    true,
    'NotEnoughReplicasAfterAppendException',
    'Messages are written to the log, but to fewer in-sync replicas than required.',
  ],
  INVALID_REQUIRED_ACKS: [
    21,
    false,
    'InvalidRequiredAcksException',
    'Produce request specified an invalid value for required acks.',
  ],
  ILLEGAL_GENERATION: [
    22,
    false,
    'IllegalGenerationException',
    'Specified group generation id is not valid.',
  ],
  INCONSISTENT_GROUP_PROTOCOL: [
    23,
    false,
    'InconsistentGroupProtocolException',
    "The group member's supported protocols are incompatible with those of existing members or first group member tried to join with empty protocol type or empty protocol list.",
  ],
  INVALID_GROUP_ID: [24, false, 'InvalidGroupIdException', 'The group id is invalid.'],
  UNKNOWN_MEMBER_ID: [25, false, 'UnknownMemberIdException', 'The coordinator is not aware of this member.'],
  INVALID_SESSION_TIMEOUT: [
    26,
    false,
    'InvalidSessionTimeoutException',
    'The session timeout is not within the range allowed by the broker (as configured by group.min.session.timeout.ms and group.max.session.timeout.ms).',
  ],
  REBALANCE_IN_PROGRESS: [
    27,
    false,
    'RebalanceInProgressException',
    'The group is rebalancing, so a rejoin is needed.',
  ],
  INVALID_COMMIT_OFFSET_SIZE: [
    28,
    false,
    'InvalidCommitOffsetSizeException',
    'The committing offset data size is not valid.',
  ],
  TOPIC_AUTHORIZATION_FAILED: [29, false, 'TopicAuthorizationException', 'Topic authorization failed.'],
  GROUP_AUTHORIZATION_FAILED: [30, false, 'GroupAuthorizationException', 'Group authorization failed.'],
  CLUSTER_AUTHORIZATION_FAILED: [31, false, 'ClusterAuthorizationException', 'Cluster authorization failed.'],
  INVALID_TIMESTAMP: [
    32,
    false,
    'InvalidTimestampException',
    'The timestamp of the message is out of acceptable range.',
  ],
  UNSUPPORTED_SASL_MECHANISM: [
    33,
    false,
    'UnsupportedSaslMechanismException',
    'The broker does not support the requested SASL mechanism.',
  ],
  ILLEGAL_SASL_STATE: [
    34,
    false,
    'IllegalSaslStateException',
    'Request is not valid given the current SASL state.',
  ],
  UNSUPPORTED_VERSION: [35, false, 'UnsupportedVersionException', 'The version of API is not supported.'],
  TOPIC_ALREADY_EXISTS: [36, false, 'TopicExistsException', 'Topic with this name already exists.'],
  INVALID_PARTITIONS: [37, false, 'InvalidPartitionsException', 'Number of partitions is below 1.'],
  INVALID_REPLICATION_FACTOR: [
    38,
    false,
    'InvalidReplicationFactorException',
    'Replication factor is below 1 or larger than the number of available brokers.',
  ],
  INVALID_REPLICA_ASSIGNMENT: [
    39,
    false,
    'InvalidReplicaAssignmentException',
    'Replica assignment is invalid.',
  ],
  INVALID_CONFIG: [40, false, 'InvalidConfigurationException', 'Configuration is invalid.'],
  NOT_CONTROLLER: [
    41,
    true,
    'NotControllerException',
    'This is not the correct controller for this cluster.',
  ],
  INVALID_REQUEST: [
    42,
    false,
    'InvalidRequestException',
    'This most likely occurs because of a request being malformed by the client library or the message was sent to an incompatible broker. See the broker logs for more details.',
  ],
  UNSUPPORTED_FOR_MESSAGE_FORMAT: [
    43,
    false,
    'UnsupportedForMessageFormatException',
    'The message format version on the broker does not support the request.',
  ],
  POLICY_VIOLATION: [
    44,
    false,
    'PolicyViolationException',
    'Request parameters do not satisfy the configured policy.',
  ],
  OUT_OF_ORDER_SEQUENCE_NUMBER: [
    45,
    false,
    'OutOfOrderSequenceException',
    'The broker received an out of order sequence number.',
  ],
  DUPLICATE_SEQUENCE_NUMBER: [
    46,
    false,
    'DuplicateSequenceException',
    'The broker received a duplicate sequence number.',
  ],
  INVALID_PRODUCER_EPOCH: [
    47,
    false,
    'InvalidProducerEpochException',
    'Producer attempted to produce with an old epoch.',
  ],
  INVALID_TXN_STATE: [
    48,
    false,
    'InvalidTxnStateException',
    'The producer attempted a transactional operation in an invalid state.',
  ],
  INVALID_PRODUCER_ID_MAPPING: [
    49,
    false,
    'InvalidPidMappingException',
    'The producer attempted to use a producer id which is not currently assigned to its transactional id.',
  ],
  INVALID_TRANSACTION_TIMEOUT: [
    50,
    false,
    'InvalidTxnTimeoutException',
    'The transaction timeout is larger than the maximum value allowed by the broker (as configured by transaction.max.timeout.ms).',
  ],
  CONCURRENT_TRANSACTIONS: [
    51,
    true,
    'ConcurrentTransactionsException',
    'The producer attempted to update a transaction while another concurrent operation on the same transaction was ongoing.',
  ],
  TRANSACTION_COORDINATOR_FENCED: [
    52,
    false,
    'TransactionCoordinatorFencedException',
    'Indicates that the transaction coordinator sending a WriteTxnMarker is no longer the current coordinator for a given producer.',
  ],
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: [
    53,
    false,
    'TransactionalIdAuthorizationException',
    'Transactional Id authorization failed.',
  ],
  SECURITY_DISABLED: [54, false, 'SecurityDisabledException', 'Security features are disabled.'],
  OPERATION_NOT_ATTEMPTED: [
    55,
    false,
    'OperationNotAttemptedException',
    'The broker did not attempt to execute this operation. This may happen for batched RPCs where some operations in the batch failed, causing the broker to respond without trying the rest.',
  ],
  KAFKA_STORAGE_ERROR: [
    56,
    true,
    'KafkaStorageException',
    'Disk error when trying to access log file on the disk.',
  ],
  LOG_DIR_NOT_FOUND: [
    57,
    false,
    'LogDirNotFoundException',
    'The user-specified log directory is not found in the broker config.',
  ],
  SASL_AUTHENTICATION_FAILED: [58, false, 'SaslAuthenticationException', 'SASL Authentication failed.'],
  UNKNOWN_PRODUCER_ID: [
    59,
    false,
    'UnknownProducerIdException',
    "This exception is raised by the broker if it could not locate the producer metadata associated with the producerId in question. This could happen if, for instance, the producer's records were deleted because their retention time had elapsed. Once the last records of the producerId are removed, the producer's metadata is removed from the broker, and future appends by the producer will return this exception.",
  ],
  REASSIGNMENT_IN_PROGRESS: [
    60,
    false,
    'ReassignmentInProgressException',
    'A partition reassignment is in progress.',
  ],
  DELEGATION_TOKEN_AUTH_DISABLED: [
    61,
    false,
    'DelegationTokenDisabledException',
    'Delegation Token feature is not enabled.',
  ],
  DELEGATION_TOKEN_NOT_FOUND: [
    62,
    false,
    'DelegationTokenNotFoundException',
    'Delegation Token is not found on server.',
  ],
  DELEGATION_TOKEN_OWNER_MISMATCH: [
    63,
    false,
    'DelegationTokenOwnerMismatchException',
    'Specified Principal is not valid Owner/Renewer.',
  ],
  DELEGATION_TOKEN_REQUEST_NOT_ALLOWED: [
    64,
    false,
    'UnsupportedByAuthenticationException',
    'Delegation Token requests are not allowed on PLAINTEXT/1-way SSL channels and on delegation token authenticated channels.',
  ],
  DELEGATION_TOKEN_AUTHORIZATION_FAILED: [
    65,
    false,
    'DelegationTokenAuthorizationException',
    'Delegation Token authorization failed.',
  ],
  DELEGATION_TOKEN_EXPIRED: [66, false, 'DelegationTokenExpiredException', 'Delegation Token is expired.'],
  INVALID_PRINCIPAL_TYPE: [
    67,
    false,
    'InvalidPrincipalTypeException',
    'Supplied principalType is not supported.',
  ],
  NON_EMPTY_GROUP: [68, false, 'GroupNotEmptyException', 'The group is not empty.'],
  GROUP_ID_NOT_FOUND: [69, false, 'GroupIdNotFoundException', 'The group id does not exist.'],
  FETCH_SESSION_ID_NOT_FOUND: [
    70,
    true,
    'FetchSessionIdNotFoundException',
    'The fetch session ID was not found.',
  ],
  INVALID_FETCH_SESSION_EPOCH: [
    71,
    true,
    'InvalidFetchSessionEpochException',
    'The fetch session epoch is invalid.',
  ],
  LISTENER_NOT_FOUND: [
    72,
    true,
    'ListenerNotFoundException',
    'There is no listener on the leader broker that matches the listener on which metadata request was processed.',
  ],
  TOPIC_DELETION_DISABLED: [73, false, 'TopicDeletionDisabledException', 'Topic deletion is disabled.'],
  FENCED_LEADER_EPOCH: [
    74,
    true,
    'FencedLeaderEpochException',
    'The leader epoch in the request is older than the epoch on the broker.',
  ],
  UNKNOWN_LEADER_EPOCH: [
    75,
    true,
    'UnknownLeaderEpochException',
    'The leader epoch in the request is newer than the epoch on the broker.',
  ],
  UNSUPPORTED_COMPRESSION_TYPE: [
    76,
    false,
    'UnsupportedCompressionTypeException',
    'The requesting client does not support the compression type of given partition.',
  ],
  STALE_BROKER_EPOCH: [77, false, 'StaleBrokerEpochException', 'Broker epoch has changed.'],
  OFFSET_NOT_AVAILABLE: [
    78,
    true,
    'OffsetNotAvailableException',
    'The leader high watermark has not caught up from a recent leader election so the offsets cannot be guaranteed to be monotonically increasing.',
  ],
  MEMBER_ID_REQUIRED: [
    79,
    false,
    'MemberIdRequiredException',
    'The group member needs to have a valid member id before actually entering a consumer group.',
  ],
  PREFERRED_LEADER_NOT_AVAILABLE: [
    80,
    true,
    'PreferredLeaderNotAvailableException',
    'The preferred leader was not available.',
  ],
  GROUP_MAX_SIZE_REACHED: [
    81,
    false,
    'GroupMaxSizeReachedException',
    'The group has reached its maximum size.',
  ],
  FENCED_INSTANCE_ID: [
    82,
    false,
    'FencedInstanceIdException',
    'The broker rejected this static consumer since another consumer with the same group.instance.id has registered with a different member.id.',
  ],
  ELIGIBLE_LEADERS_NOT_AVAILABLE: [
    83,
    true,
    'EligibleLeadersNotAvailableException',
    'Eligible topic partition leaders are not available.',
  ],
  ELECTION_NOT_NEEDED: [
    84,
    true,
    'ElectionNotNeededException',
    'Leader election not needed for topic partition.',
  ],
  NO_REASSIGNMENT_IN_PROGRESS: [
    85,
    false,
    'NoReassignmentInProgressException',
    'No partition reassignment is in progress.',
  ],
  GROUP_SUBSCRIBED_TO_TOPIC: [
    86,
    false,
    'GroupSubscribedToTopicException',
    'Deleting offsets of a topic is forbidden while the consumer group is actively subscribed to it.',
  ],
  INVALID_RECORD: [
    87,
    false,
    'InvalidRecordException',
    'This record has failed the validation on broker and hence will be rejected.',
  ],
  UNSTABLE_OFFSET_COMMIT: [
    88,
    true,
    'UnstableOffsetCommitException',
    'There are unstable offsets that need to be cleared.',
  ],
  THROTTLING_QUOTA_EXCEEDED: [
    89,
    true,
    'ThrottlingQuotaExceededException',
    'The throttling quota has been exceeded.',
  ],
  PRODUCER_FENCED: [
    90,
    false,
    'ProducerFencedException',
    'There is a newer producer with the same transactionalId which fences the current one.',
  ],
  RESOURCE_NOT_FOUND: [
    91,
    false,
    'ResourceNotFoundException',
    'A request illegally referred to a resource that does not exist.',
  ],
  DUPLICATE_RESOURCE: [
    92,
    false,
    'DuplicateResourceException',
    'A request illegally referred to the same resource twice.',
  ],
  UNACCEPTABLE_CREDENTIAL: [
    93,
    false,
    'UnacceptableCredentialException',
    'Requested credential would not meet criteria for acceptability.',
  ],
  INCONSISTENT_VOTER_SET: [
    94,
    false,
    'InconsistentVoterSetException',
    'Indicates that the either the sender or recipient of a voter-only request is not one of the expected voters.',
  ],
  INVALID_UPDATE_VERSION: [
    95,
    false,
    'InvalidUpdateVersionException',
    'The given update version was invalid.',
  ],
  FEATURE_UPDATE_FAILED: [
    96,
    false,
    'FeatureUpdateFailedException',
    'Unable to update finalized features due to an unexpected server error.',
  ],
  PRINCIPAL_DESERIALIZATION_FAILURE: [
    97,
    false,
    'PrincipalDeserializationException',
    'Request principal deserialization failed during forwarding. This indicates an internal error on the broker cluster security setup.',
  ],
  SNAPSHOT_NOT_FOUND: [98, false, 'SnapshotNotFoundException', 'Requested snapshot was not found.'],
  POSITION_OUT_OF_RANGE: [
    99,
    false,
    'PositionOutOfRangeException',
    'Requested position is not greater than or equal to zero, and less than the size of the snapshot.',
  ],
  UNKNOWN_TOPIC_ID: [100, true, 'UnknownTopicIdException', 'This server does not host this topic ID.'],
  DUPLICATE_BROKER_REGISTRATION: [
    101,
    false,
    'DuplicateBrokerRegistrationException',
    'This broker ID is already in use.',
  ],
  BROKER_ID_NOT_REGISTERED: [
    102,
    false,
    'BrokerIdNotRegisteredException',
    'The given broker ID was not registered.',
  ],
  INCONSISTENT_TOPIC_ID: [
    103,
    true,
    'InconsistentTopicIdException',
    "The log's topic ID did not match the topic ID in the request.",
  ],
  INCONSISTENT_CLUSTER_ID: [
    104,
    false,
    'InconsistentClusterIdException',
    'The clusterId in the request does not match that found on the server.',
  ],
  TRANSACTIONAL_ID_NOT_FOUND: [
    105,
    false,
    'TransactionalIdNotFoundException',
    'The transactionalId could not be found.',
  ],
  FETCH_SESSION_TOPIC_ID_ERROR: [
    106,
    true,
    'FetchSessionTopicIdException',
    'The fetch session encountered inconsistent topic ID usage.',
  ],
  INELIGIBLE_REPLICA: [
    107,
    false,
    'IneligibleReplicaException',
    'The new ISR contains at least one ineligible replica.',
  ],
  NEW_LEADER_ELECTED: [
    108,
    false,
    'NewLeaderElectedException',
    'The AlterPartition request successfully updated the partition state but the leader has changed.',
  ],
  OFFSET_MOVED_TO_TIERED_STORAGE: [
    109,
    false,
    'OffsetMovedToTieredStorageException',
    'The requested offset is moved to tiered storage.',
  ],
  FENCED_MEMBER_EPOCH: [
    110,
    false,
    'FencedMemberEpochException',
    'The member epoch is fenced by the group coordinator. The member must abandon all its partitions and rejoin.',
  ],
  UNRELEASED_INSTANCE_ID: [
    111,
    false,
    'UnreleasedInstanceIdException',
    'The instance ID is still used by another member in the consumer group. That member must leave first.',
  ],
  UNSUPPORTED_ASSIGNOR: [
    112,
    false,
    'UnsupportedAssignorException',
    'The assignor or its version range is not supported by the consumer group.',
  ],
  STALE_MEMBER_EPOCH: [
    113,
    false,
    'StaleMemberEpochException',
    'The member epoch is stale. The member must retry after receiving its updated member epoch via the ConsumerGroupHeartbeat API.',
  ],
  MISMATCHED_ENDPOINT_TYPE: [
    114,
    false,
    'MismatchedEndpointTypeException',
    'The request was sent to an endpoint of the wrong type.',
  ],
  UNSUPPORTED_ENDPOINT_TYPE: [
    115,
    false,
    'UnsupportedEndpointTypeException',
    'This endpoint type is not supported yet.',
  ],
  UNKNOWN_CONTROLLER_ID: [116, false, 'UnknownControllerIdException', 'This controller ID is not known.'],
  UNKNOWN_SUBSCRIPTION_ID: [
    117,
    false,
    'UnknownSubscriptionIdException',
    'Client sent a push telemetry request with an invalid or outdated subscription ID.',
  ],
  TELEMETRY_TOO_LARGE: [
    118,
    false,
    'TelemetryTooLargeException',
    'Client sent a push telemetry request larger than the maximum size the broker will accept.',
  ],
  INVALID_REGISTRATION: [
    119,
    false,
    'InvalidRegistrationException',
    'The controller has considered the broker registration to be invalid.',
  ],
  TRANSACTION_ABORTABLE: [
    120,
    false,
    'TransactionAbortableException',
    'The server encountered an error with the transaction. The client can abort the transaction to continue using this transactional ID.',
  ],
  INVALID_RECORD_STATE: [
    121,
    false,
    'InvalidRecordStateException',
    'The record state is invalid. The acknowledgement of delivery could not be completed.',
  ],
  SHARE_SESSION_NOT_FOUND: [122, true, 'ShareSessionNotFoundException', 'The share session was not found.'],
  INVALID_SHARE_SESSION_EPOCH: [
    123,
    true,
    'InvalidShareSessionEpochException',
    'The share session epoch is invalid.',
  ],
  FENCED_STATE_EPOCH: [
    124,
    false,
    'FencedStateEpochException',
    'The share coordinator rejected the request because the share-group state epoch did not match.',
  ],
  INVALID_VOTER_KEY: [
    125,
    false,
    'InvalidVoterKeyException',
    "The voter key doesn't match the receiving replica's key.",
  ],
  DUPLICATE_VOTER: [126, false, 'DuplicateVoterException', 'The voter is already part of the set of voters.'],
  VOTER_NOT_FOUND: [127, false, 'VoterNotFoundException', 'The voter is not part of the set of voters.'],
  INVALID_REGULAR_EXPRESSION: [
    128,
    false,
    'InvalidRegularExpression',
    'The regular expression is not valid.',
  ],
  REBOOTSTRAP_REQUIRED: [
    129,
    false,
    'RebootstrapRequiredException',
    'Client metadata is stale. The client should rebootstrap to obtain new metadata.',
  ],
  STREAMS_INVALID_TOPOLOGY: [
    130,
    false,
    'StreamsInvalidTopologyException',
    'The supplied topology is invalid.',
  ],
  STREAMS_INVALID_TOPOLOGY_EPOCH: [
    131,
    false,
    'StreamsInvalidTopologyEpochException',
    'The supplied topology epoch is invalid.',
  ],
  STREAMS_TOPOLOGY_FENCED: [
    132,
    false,
    'StreamsTopologyFencedException',
    'The supplied topology epoch is outdated.',
  ],
  SHARE_SESSION_LIMIT_REACHED: [
    133,
    true,
    'ShareSessionLimitReachedException',
    'The limit of share sessions has been reached.',
  ],
} as const satisfies Record<
  string,
  readonly [code: number, retriable: boolean, exception: string, message: string]
>

export type ErrorName = keyof typeof ROWS
export const ERRORS: Readonly<Record<ErrorName, readonly [number, boolean, string, string]>> = ROWS

const names = new Map(Object.entries(ROWS).map(([name, [code]]) => [code as number, name as ErrorName]))

export const errorCode = (name: ErrorName): number => ERRORS[name][0]

/** The name of a code; a code that this table lacks counts as UNKNOWN_SERVER_ERROR, as in Kafka's clients. */
export const errorName = (code: number): ErrorName => names.get(code) ?? 'UNKNOWN_SERVER_ERROR'

export const errorMessage = (name: ErrorName): string => ERRORS[name][3]

/** Whether a request that failed with this code may be sent again as it is. */
export const isRetriable = (name: ErrorName): boolean => ERRORS[name][1]

/** The simple name of the exception that Kafka's Java client throws for this code. */
export const exceptionName = (name: ErrorName): string => ERRORS[name][2]

/** A failure with a code of the wire: what a handler refuses a whole request with, or what an answer held. */
export class KafkaError extends Error {
  override readonly name = 'KafkaError'
  readonly code: ErrorName

  constructor(code: ErrorName, detail?: string | null, options?: ErrorOptions) {
    super(detail ?? errorMessage(code), options)
    this.code = code
  }

  get retriable(): boolean {
    return isRetriable(this.code)
  }
}

/** What went wrong with one item of an answer, in its own sentence when it brought one; undefined when nothing did. */
export function itemError(item: {
  readonly errorCode: number
  readonly errorMessage?: string | null
}): KafkaError | undefined {
  if (item.errorCode === 0) return undefined
  return new KafkaError(errorName(item.errorCode), item.errorMessage || null)
}

/** Throws a KafkaError unless `code` is 0; `detail` replaces the table's sentence when the answer brought one. */
export function checkError(code: number, detail?: string | null): void {
  const error = itemError({ errorCode: code, errorMessage: detail ?? null })
  if (error) throw error
}
