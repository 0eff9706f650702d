// What a program that embeds ktool may import.
export { type BrokerHandle, type StartOptions, startBroker } from './broker/start.ts'
export type { TopicRequest } from './broker/topic-request.ts'
export type { RecoverySummary } from './log/recovery-summary.ts'
export { KafkaError } from './protocol/errors.ts'
