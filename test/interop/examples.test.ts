// Examples of tools whose broker side `ktool serve` lacks, run against Apache Kafka; test/process has the others.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../support/describe-with.ts'
import { exampleLines } from '../support/example-lines.ts'
import { runExample, seed, workingFolder } from '../support/example-place.ts'
import { loginProperties, type SecuredKafka, startSecuredKafka } from '../support/secured-kafka.ts'

const examples = (await exampleLines()).filter(({ needsKafka }) => needsKafka)

describeWith(['apacheKafka'], 'examples of tools that need Apache Kafka', () => {
  let kafka: SecuredKafka
  let folder: string

  beforeAll(async () => {
    kafka = await startSecuredKafka()
    folder = workingFolder()
    writeFileSync(join(folder, 'login.properties'), loginProperties(kafka, 'alice'))
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
