import { expect, test } from 'vitest'
import { ByteOutput } from '../../../src/cli/records/byte-output.ts'

function outputOf(bufferBytes: number): { output: ByteOutput; written: string[] } {
  const written: string[] = []
  return { written, output: new ByteOutput((bytes) => written.push(bytes.toString()), bufferBytes) }
}

test('small pieces become one write', () => {
  const { output, written } = outputOf(16)
  output.bytes(Buffer.from('ab'))
  output.text('ü')
  output.range(Buffer.from('xcdx'), 1, 3)
  expect(written).toEqual([])
  output.flush()
  output.flush()
  expect(written).toEqual(['abücd'])
})

test('a piece that does not fit goes after what came before it', () => {
  const { output, written } = outputOf(4)
  output.bytes(Buffer.from('abc'))
  output.bytes(Buffer.from('de'))
  output.bytes(Buffer.from('longer than all'))
  output.text('grüße')
  output.flush()
  expect(written.join('')).toBe('abcdelonger than allgrüße')
})
