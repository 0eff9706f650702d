import { RE2JS, RE2JSSyntaxException } from 're2js'

/** Kafka's sentence about a regular expression in RE2 syntax. */
export function judgeRegex(regex: string): string {
  try {
    RE2JS.compile(regex)
    return `The regular expression \`${regex}\` is valid.`
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error
    return `The regular expression \`${regex}\` is invalid: ${error.getDescription()}.`
  }
}
