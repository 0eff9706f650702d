// What a program that embeds ktool may import.
export { type BrokerHandle, type StartOptions, startBroker } from './broker/start.ts'
export { KafkaError } from './protocol/errors.ts'
