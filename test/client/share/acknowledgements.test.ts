import { expect, test } from 'vitest'
import { Acknowledgements } from '../../../src/client/share/acknowledgements.ts'

test('neighbours of a kind become one range', () => {
  const acknowledgements = new Acknowledgements()
  acknowledgements.add(3, 3, 'accept')
  acknowledgements.add(4, 4, 'accept')
  acknowledgements.add(5, 7, 'gap')
  acknowledgements.add(8, 8, 'reject')
  acknowledgements.add(10, 10, 'reject')
  expect(acknowledgements.batches()).toEqual([
    { firstOffset: 3, lastOffset: 4, acknowledgeTypes: [1] },
    { firstOffset: 5, lastOffset: 7, acknowledgeTypes: [0] },
    { firstOffset: 8, lastOffset: 8, acknowledgeTypes: [3] },
    { firstOffset: 10, lastOffset: 10, acknowledgeTypes: [3] },
  ])
})

test('what was decided before an offset is taken out, and the rest stays', () => {
  const acknowledgements = new Acknowledgements()
  acknowledgements.add(3, 6, 'accept')
  acknowledgements.add(7, 7, 'gap')
  expect(acknowledgements.takeBefore(5).batches()).toEqual([
    { firstOffset: 3, lastOffset: 4, acknowledgeTypes: [1] },
  ])
  expect(acknowledgements.takeBefore(5).isEmpty).toBe(true)
  expect(acknowledgements.takeBefore(null).batches()).toEqual([
    { firstOffset: 5, lastOffset: 6, acknowledgeTypes: [1] },
    { firstOffset: 7, lastOffset: 7, acknowledgeTypes: [0] },
  ])
  expect(acknowledgements.isEmpty).toBe(true)
})
