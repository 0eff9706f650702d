/** The words of a plain command line, without quotes and redirections. */
export function plainWords(line: string): string[] {
  const plain = line.replace(/ [<>] ?\S+/g, '')
  return [...plain.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '')
}
