/** How Kafka's topics tool words a failure. */
export const topicFailure = (reason: string): string => `Error while executing topic command : ${reason}`
