import { expect, test } from 'vitest'
import { messageToJson } from '../../../src/cli/records/message-json.ts'
import {
  array,
  bytes,
  defineStored,
  int32,
  int64,
  string,
  struct,
  uuid,
} from '../../../src/protocol/schema.ts'

const Sample = defineStored({
  name: 'Sample',
  versions: '0-1',
  flexible: '0+',
  fields: {
    old: int32({ versions: '0', default: -1 }),
    data: bytes({ nullable: '0+' }),
    id: uuid({ versions: '1+' }),
    inner: struct({ name: string(), longs: array(int64()) }),
    level: int32({ tag: 0, default: 7 }),
    directories: array(uuid(), { tag: 1, nullable: '0+', default: null }),
    names: array(string(), { tag: 2 }),
  },
}).message

const VALUE = {
  old: 3,
  data: Buffer.from([0xff, 0]),
  id: 'AAAAAAAAAAAAAAAAAAAAAQ',
  inner: { name: 'n', longs: [1, 2] },
  level: 7,
  directories: null,
  names: [],
}

test('fields come in their order, those of other versions and tagged defaults are left out', () => {
  expect(JSON.stringify(messageToJson(Sample, 0, VALUE))).toBe(
    '{"old":3,"data":"/wA=","inner":{"name":"n","longs":[1,2]}}',
  )
  expect(Object.keys(messageToJson(Sample, 1, VALUE) as object)).toEqual(['data', 'id', 'inner'])
})

test('an empty list is shown where none at all is the default', () => {
  const json = messageToJson(Sample, 1, { ...VALUE, data: null, level: 8, directories: [], names: ['a'] })
  expect(json).toMatchObject({ data: null, level: 8, directories: [], names: ['a'] })
})
