import type { ServeTexts } from '../command-line/add-serve';
import { settings } from './config';

/**
 * Descriptions and defaults of the options of `serve`, from its settings, in the form of a help text. A secret is read
 * from a file, whose variable ends in `_FILE`.
 */
export function serveFlagTexts(): ServeTexts {
  const all = Object.values<(typeof settings)[keyof typeof settings]>(settings);
  return new Map(
    all.map(({ env, about, default: value, secret }) => [
      secret === true ? `${env}_FILE` : env,
      { about: helpText(about), ...(value === undefined ? {} : { default: value }) },
    ]),
  );
}

/** Without Markdown, and in lower case unless it starts with an abbreviation or a name. */
function helpText(about: string): string {
  return about.replaceAll('`', '').replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase());
}
