import { expect, test } from 'vitest'
import { parseJaas } from '../../../src/client/security/jaas.ts'

const MODULE = 'org.apache.kafka.common.security.plain.PlainLoginModule'

const optionsOf = (text: string): Record<string, string> =>
  Object.fromEntries([...parseJaas(text).options].map(([name, value]) => [name, value.reveal()]))

test.each<[what: string, text: string, options: Record<string, string>]>([
  ['two options', `${MODULE} required username="a" password="b";`, { username: 'a', password: 'b' }],
  ['no options', `${MODULE} required;`, {}],
  ['single quotes', `${MODULE} required password='it is "it"';`, { password: 'it is "it"' }],
  ['escaped quotes', `${MODULE} required password="a\\"b\\\\c";`, { password: 'a"b\\c' }],
  ['escapes of Java', `${MODULE} required password="\\t\\101\\q";`, { password: '\tAq' }],
  ['a semicolon in quotes', `${MODULE} required password="a;b=c";`, { password: 'a;b=c' }],
  ['words without quotes', `${MODULE} required username=alice;`, { username: 'alice' }],
  [
    'blanks around =',
    `${MODULE} required username = "a"\n password= "b" ;`,
    { username: 'a', password: 'b' },
  ],
  ['comments', `/* a */ ${MODULE} // b\n required /* c */ username="//a";`, { username: '//a' }],
  ['the last of a name', `${MODULE} required username="a" username="b";`, { username: 'b' }],
  ['a flag in capitals', `${MODULE} REQUIRED username="a";`, { username: 'a' }],
  [
    'names with points',
    `${MODULE} required ssl.truststore.location="/x";`,
    { 'ssl.truststore.location': '/x' },
  ],
])('%s', (_, text, options) => {
  expect(parseJaas(text).module).toBe(MODULE)
  expect(optionsOf(text)).toEqual(options)
})

test.each<[text: string, message: string]>([
  ['', 'Login module not specified in JAAS config'],
  [MODULE, 'Login module control flag not specified in JAAS config'],
  [`${MODULE} 1;`, 'Login module control flag is not available in the JAAS config'],
  [`${MODULE} username="a";`, "Invalid login module control flag 'username' in JAAS config"],
  [`${MODULE} required username="a"`, 'JAAS config entry not terminated by semi-colon'],
  [`${MODULE} required username;`, "Value not specified for key 'username' in JAAS config"],
  [`${MODULE} required password=123;`, "Value not specified for key 'password' in JAAS config"],
  [`${MODULE} required password=;`, "Value not specified for key 'password' in JAAS config"],
  [
    `${MODULE} required; ${MODULE} required;`,
    'JAAS config property contains 2 login modules, should be 1 module',
  ],
])('%j is refused in the words of Kafka', (text, message) => {
  expect(() => parseJaas(text)).toThrow(expect.objectContaining({ name: 'SettingError', message }))
})

test.each([
  `${MODULE} required username="a" password="hun"ter2";`,
  `${MODULE} required username="a" password="hunter2`,
  `${MODULE} required username="a" password=hunter2`,
  `${MODULE} hunter2 username="a";`,
  `${MODULE} required username="a" password=;hunter2`,
  `${MODULE} required hunter2="x" y;`,
  `hunter2`,
  `required hunter2`,
])('no word of %j that may be a password is repeated', (text) => {
  try {
    parseJaas(text)
    expect.unreachable()
  } catch (error) {
    expect(`${(error as Error).stack} ${(error as { hint?: string }).hint}`).not.toMatch(/hun(ter2)?\b/)
  }
})
