// Examples of tools whose broker side `ktool serve` lacks, run against Apache Kafka; test/process has the others.
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApacheKafkaProcess, startApacheKafka } from '../support/apache-kafka.ts'
import { describeWith } from '../support/describe-with.ts'
import { exampleLines } from '../support/example-lines.ts'
import { runExample, seed, workingFolder } from '../support/example-place.ts'

const examples = (await exampleLines()).filter(({ needsKafka }) => needsKafka)

/** Anybody may do anything, but there are rules that can be listed and changed. */
const SETTINGS = [
  'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users=User:ANONYMOUS',
  'allow.everyone.if.no.acl.found=true',
]

describeWith(['apacheKafka'], 'examples of tools that need Apache Kafka', () => {
  let kafka: ApacheKafkaProcess
  let folder: string

  beforeAll(async () => {
    kafka = await startApacheKafka(SETTINGS)
    folder = workingFolder()
  })

  afterAll(async () => {
    await kafka?.stop()
    if (folder) rmSync(folder, { recursive: true, force: true })
  })

  const run = async (example: Parameters<typeof runExample>[0]) => {
    // What an example has deleted is there for the next one.
    await seed(kafka.bootstrapServers)
    await runExample(example, { folder, bootstrapServers: kafka.bootstrapServers })
  }

  test('the cluster has what examples speak of', async () => {
    expect.hasAssertions()
    await run({ line: 'ktool lag billing --topic orders | grep orders', exit: 0, goesOn: false })
  })

  test.each(examples)('$line', run)
})
