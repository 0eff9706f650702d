import { expect, test } from 'vitest'
import { Glob, type GlobSyntax } from '../../../src/cli/patterns/glob.ts'

const matches = async (glob: string, text: string, syntax: GlobSyntax = {}): Promise<boolean> =>
  (await new Glob(glob, syntax).test())(text)

const CHOICES = { hasChoices: true }
const ESCAPES = { hasEscapes: true }

test.each<[glob: string, text: string, expected: boolean, syntax?: GlobSyntax]>([
  ['', '', true],
  ['*', '', true],
  ['*', 'a\nb', true],
  ['a*', 'ab', true],
  ['a*', 'ba', false],
  ['*a', 'ba', true],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['*ab*ab', 'ab', false],
  ['*ab*ab', 'abab', true],
  ['*a*b*c*', 'xaxbxcx', true],
  ['*a*b*c*', 'xcxbxax', false],
  ['*aab', 'aaab', true],
  ['**', 'x', true],
  ['?', '😀', true],
  ['a?c*', 'abcd', true],
  ['a?c*', 'acd', false],
  ['\\*', '*', true, ESCAPES],
  ['\\*', 'x', false, ESCAPES],
  ['\\*', '\\x', true],
  ['[a-c]x', 'bx', true, CHOICES],
  ['[a-c]x', 'bx', false],
  ['[!a-c]x', 'bx', false, CHOICES],
  ['[]x]', ']', true, CHOICES],
  ['[x', '[x', true, CHOICES],
  ['{a,b{c,d}}*', 'bdx', true, CHOICES],
  ['{a,b{c,d}}*', 'bx', false, CHOICES],
  ['{a,b', 'b', true, CHOICES],
  ['a,b}', 'a,b}', true, CHOICES],
])('the glob %j takes %j: %s', async (glob, text, expected, syntax) => {
  expect(await matches(glob, text, syntax)).toBe(expected)
})

test('a range that ends before it begins is refused', () => {
  expect(() => new Glob('a[z-a]', CHOICES)).toThrow("the range z-a in 'a[z-a]' ends before it begins")
  expect(() => new Glob('{'.repeat(5000), CHOICES)).toThrow('more than 100 braces within one another')
})

test.each<[glob: string, text: string, syntax?: GlobSyntax]>([
  ['*error*timeout*', 'error '.repeat(150_000)],
  ['*a*a*a*a*b', 'a'.repeat(20_000)],
  ['*a*a*a*a*b', 'a'.repeat(1_000_000)],
  ['*a?a*a?a*b', 'a'.repeat(100_000)],
  [`${'{a,aa}'.repeat(30)}b`, 'a'.repeat(45), CHOICES],
  ['*[a-b]*[ab]*{a,aa}*c', 'a'.repeat(100_000), CHOICES],
])('the glob %j needs time in proportion to the text', async (glob, text, syntax) => {
  const start = process.cpuUsage()
  expect(await matches(glob, text, syntax)).toBe(false)
  const { user, system } = process.cpuUsage(start)
  expect((user + system) / 1000).toBeLessThan(1500)
})
