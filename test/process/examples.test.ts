// Every example that a help text or the README shows does what it says, typed as it stands.
import { describe, expect, test } from 'vitest'
import { exampleLines, readmeExamples } from '../support/example-lines.ts'
import { runExample, withPlace } from '../support/example-place.ts'

const all = await exampleLines()

describe('examples of help texts', () => {
  test.each(all.filter(({ needsKafka }) => !needsKafka))('$line', (example) =>
    withPlace((place) => runExample(example, place)),
  )
})

describe('examples of the README', () => {
  // Brokers on the port that everybody uses are not for a machine on which tests run; those in help texts are.
  const lines = readmeExamples().filter((line) => !line.startsWith('ktool serve'))

  test('there are ten', () => expect(readmeExamples()).toHaveLength(10))

  test.each(lines)('%s', (line) => withPlace((place) => runExample({ line, exit: 0, goesOn: false }, place)))
})
