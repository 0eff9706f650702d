/** How Kafka's topics tool words a failure. */
export const topicFailure = (reason: string): string => `Error while executing topic command : ${reason}`

/** How a broker of ktool gets more replicas; undefined when the failure is another one. */
export function brokersHint(reason: string): string | undefined {
  const [, wanted] =
    /replication factor of (\d+) cannot be reached because only \d+ broker/.exec(reason) ?? []
  return wanted && `ktool serve --brokers ${wanted} shows one process as ${wanted} brokers`
}
