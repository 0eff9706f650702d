import { expect, test } from 'vitest'
import { JavaPattern } from '../../../src/cli/patterns/java-pattern.ts'
import { includeList, javaMatcher } from '../../../src/cli/patterns/names.ts'

/** Whether a whole text matches. */
const matches = async (pattern: string, text: string): Promise<boolean> =>
  (await new JavaPattern(pattern).engine({ isWhole: true })).test(text)

/** The parts that match. */
async function found(pattern: string, text: string): Promise<string[]> {
  const engine = await new JavaPattern(pattern).engine({ isWhole: false })
  return [...engine.matchAll(text)].map(({ start, end }) => text.slice(start, end))
}

// What java.util.regex.Pattern of Java 17 answered.
test.each([
  ['a.b', 'a-b', true],
  ['a.b', 'xa.b', false],
  ['a|b', 'b', true],
  ['a||b', '', true],
  ['(?i)ORDERS', 'orders', true],
  ['(?i:o)RDERS', 'orders', false],
  ['(?i)É', 'é', false],
  ['(?iu)É', 'é', true],
  ['(?i)[^a-c]', 'B', false],
  ['\\Qa.b\\E', 'a-b', false],
  ['\\Qa.b\\E', 'a.b', true],
  ['[\\Q]-\\E]+', ']-', true],
  ['a\\Q(b', 'a(b', true],
  ['\\p{Alpha}+', 'abc', true],
  ['\\p{Alpha}+', 'ab1', false],
  ['[\\p{Alpha}_]+', 'a_b', true],
  ['[\\p{Alpha}_]+', 'a-b', false],
  ['[^\\p{Punct}]+', 'a-b', false],
  ['\\p{L}+', 'äß', true],
  ['\\pL\\pN', 'x1', true],
  ['\\P{L}+', 'x', false],
  ['\\p{IsAlphabetic}+', 'Ωx', true],
  ['\\p{javaLowerCase}+', 'aä', true],
  ['\\p{IsGreek}', 'Ω', true],
  ['\\p{script=Latin}', 'Ω', false],
  ['(?i)\\p{Lower}', 'A', true],
  ['[a-z&&[^m-p]]', 'm', false],
  ['[a-z&&[^m-p]]', 'q', true],
  ['[a-z&&[def]&&[e-z]]', 'e', true],
  ['[a-z&&[def]&&[e-z]]', 'd', false],
  ['[a-c[0-9]]+', 'b7', true],
  ['[]a]', ']', true],
  ['[a&b]', '&', true],
  ['[*+]+', '*+', true],
  ['[a-]', '-', true],
  ['a++', 'aaa', true],
  ['a*+a', 'aaa', false],
  ['(?>a|ab)c', 'abc', false],
  ['a{2}{3}', 'aa', true],
  ['a{1001}', 'a'.repeat(1001), true],
  ['(?x) a b # c', 'ab', true],
  ['\\d+\\w\\s', '12x\v', true],
  ['\\w', 'ä', false],
  ['(?U)\\w', 'ä', true],
  ['\\h\\v\\R', ' \n\r\n', true],
  ['.', '\u0085', false],
  ['(?s).', '\n', true],
  ['\\x41\\u0042\\x{43}\\0104\\cE', 'ABCD\u0005', true],
  ['\\ud83d\\ude00', '😀', true],
  ['.', '😀', true],
  ['^a$', 'a', true],
  ['^a$', 'a\n', false],
  ['(a)\\1', 'aa', true],
  ['(?<x>a)\\k<x>', 'ab', false],
  ['\\2(a)', 'a', false],
  ['^(?!__).*', 'orders', true],
  ['^(?!__).*', '__consumer_offsets', false],
  ['orders-(?!test).*', 'orders-eu', true],
  ['orders-(?!test).*', 'orders-test', false],
  ['.*(?<!-dlq)', 'orders-dlq', false],
  ['.*(?<!-dlq)', 'orders', true],
  ['(?=.*eu)(?=.*prod).*', 'prod-eu', true],
])('%s against %j is %s', async (pattern, text, expected) => {
  expect(await matches(pattern, text)).toBe(expected)
})

test.each([
  ['(', 'Unclosed group near index 1'],
  ['a)', "Unmatched closing ')' near index 0"],
  ['*a', "Dangling meta character '*' near index 0"],
  ['a**', "Dangling meta character '*' near index 2"],
  ['[a', 'Unclosed character class near index 1'],
  ['[z-a]', 'Illegal character range near index 3'],
  ['a\\y', 'Illegal/unsupported escape sequence near index 2'],
  ['[\\b]', 'Illegal/unsupported escape sequence near index 2'],
  ['a\\', 'Unescaped trailing backslash near index 1'],
  ['a{b', 'Illegal repetition near index 2'],
  ['a{2,1}', 'Illegal repetition range near index 5'],
  ['a{2', 'Unclosed counted closure near index 3'],
  ['\\p{Foo}', 'Unknown character property name {Foo} near index 6'],
  ['\\p{', 'Unclosed character family'],
  ['\\k<a>', 'named capturing group <a> does not exist near index 4'],
  ['(?<a>x)(?<a>y)', 'Named capturing group <a> is already defined'],
  ['(?q)', 'Unknown inline modifier near index 2'],
  ['\\x4', 'Illegal hexadecimal escape sequence'],
  ['\\u12', 'Illegal Unicode escape sequence'],
  ['\\X', '\\X is not supported by ktool'],
  ['\\p{InGreek}', 'the block of characters \\p{InGreek} is not supported'],
  ['('.repeat(5000), 'more than 250 groups or classes within one another'],
  ['['.repeat(5000), 'more than 250 groups or classes within one another'],
])('%s is refused as Java refuses it', (pattern, message) => {
  expect(() => new JavaPattern(pattern)).toThrow(message)
})

test.each([
  ['b+', 'abbcb', ['bb', 'b']],
  ['', 'ab', ['', '', '']],
  ['x*', 'a😀', ['', '', '']],
  ['(?=a|b)?', 'a😀', ['', '', '']],
  ['(?<=a)b', 'abcb', ['b']],
  ['(?i)x(?=y)', 'XY xy', ['X', 'x']],
  ['b$', 'ab\n', ['b\n']],
])('%s finds its parts of %j', async (pattern, text, parts) => {
  expect(await found(pattern, text)).toEqual(parts)
})

const LONG = 'error '.repeat(150_000)

// Each of these took seconds, or for ever, in an engine that goes back to try another way.
test.each([
  ['(a+)+b', 'a'.repeat(100_000)],
  ['(a|a)*b', 'a'.repeat(100_000)],
  ['(a|ab|b)*c', 'ab'.repeat(50_000)],
  ['(.*)(.*)(.*)(.*)x', 'a'.repeat(100_000)],
  ['error.*timeout', LONG],
  ['(\\w+\\s?)+x$', LONG],
  ['(?i)ERROR.*TIMEOUT', LONG],
])('%s is searched in time proportional to the text', async (pattern, text) => {
  const engine = await new JavaPattern(pattern).engine({ isWhole: false })
  const start = process.cpuUsage()
  expect(engine.test(text)).toBe(false)
  expect(cpuMs(start)).toBeLessThan(2000)
})

test.each([
  ['(?!x)(a+)+b', 'a'.repeat(60)],
  ['(a*)*\\1b', 'a'.repeat(60)],
  ['(?:a|a)*+b(?=c)', 'a'.repeat(200)],
  ['(?=x)?error.*timeout', LONG],
])('%s, which no linear engine knows, is given a limit', async (pattern, text) => {
  const engine = await new JavaPattern(pattern).engine({ isWhole: false })
  let result: unknown
  const start = process.cpuUsage()
  try {
    result = engine.test(text)
  } catch (error) {
    result = (error as Error).message
  }
  expect(cpuMs(start)).toBeLessThan(2000)
  expect([
    false,
    expect.stringContaining(`the regular expression '${pattern}' was not decided within 500 ms`),
  ]).toContainEqual(result)
})

function cpuMs(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

test.each([
  ['a,b', 'b', true],
  [' a , b ', 'a', true],
  ['"a.*"', 'abc', true],
  ["'a'", 'a', true],
  ['a', 'ab', false],
  ['a,b.*', 'bc', true],
  ['.*', 'anything', true],
])('the list %j takes in %s: %s', async (list, name, expected) => {
  expect((await includeList(list))(name)).toBe(expected)
})

test("what is not a pattern is refused in Kafka's words, with Java's reason", async () => {
  await expect(javaMatcher('a(')).rejects.toThrow(
    expect.objectContaining({
      message: 'a( is an invalid regex.',
      hint: "Unclosed group near index 2 of 'a('",
    }),
  )
})
