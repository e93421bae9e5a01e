import { ClarionError } from '@clarion/model';

/** How the option parser describes mistakes, and how Clarion does: subject, then fault. */
const forms: readonly (readonly [pattern: RegExp, form: string])[] = [
  [/^unknown command '(.*)'$/, 'There is no command "$1"'],
  [/^unknown option '(.*)'$/, 'There is no option $1'],
  [/^option '(.*)' argument missing$/, 'The option $1 lacks its value'],
  [/^missing required argument '(.*)'$/, 'The argument <$1> is missing'],
  [/^required option '(.*)' not specified$/, 'The option $1 is missing'],
  [/^option '(.*)' argument '(.*)' is invalid\. *(.*)$/, 'The option $1 cannot be "$2": $3'],
  [/^command-argument value '(.*)' is invalid for argument '(.*)'\. *(.*)$/, 'The argument <$2> cannot be "$1": $3'],
  [/^option '(.*)' cannot be used with option '(.*)'$/, 'The option $1 excludes $2'],
  [/^too many arguments(?: for '(.*)')?\. *(.*)$/, 'There are too many arguments: $2'],
];

/** An error of the option parser (`error: unknown option '--fail'`, perhaps with a suggestion) as one of Clarion's. */
export function usageError(text: string): ClarionError {
  const line = text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ');
  const [, fault = line, suggestion] = /^(.*?)(?: \(Did you mean (.*)\?\))?$/.exec(line) ?? [];
  const found = forms.find(([pattern]) => pattern.test(fault));
  const message = (found === undefined ? fault : fault.replace(found[0], found[1])).replace(/\.$/, '');
  return new ClarionError('invalid-input', message, {
    remedy: suggestion === undefined ? 'see clarion help COMMAND' : `did you mean ${suggestion}?`,
  });
}
