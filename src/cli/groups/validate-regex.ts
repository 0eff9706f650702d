import { RE2JS, RE2JSSyntaxException } from 're2js'

/** What Kafka says about a regular expression in RE2 syntax. */
export function judgeRegex(regex: string): { readonly isValid: boolean; readonly sentence: string } {
  try {
    RE2JS.compile(regex)
    return { isValid: true, sentence: `The regular expression \`${regex}\` is valid.` }
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error
    const reason = error.getDescription()
    return { isValid: false, sentence: `The regular expression \`${regex}\` is invalid: ${reason}.` }
  }
}
