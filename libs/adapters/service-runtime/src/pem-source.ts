import type { PemSource } from '@clarion/connections';

import type { ProcessEnvironment } from './read-config';
import type { ServiceSetting } from './setting';

/** Where the PEM of a setting is: in the file that the environment names, which is followed, or in the text itself. */
export function pemSource(
  { env: name }: Pick<ServiceSetting<unknown>, 'env'>,
  text: string,
  env: ProcessEnvironment,
): PemSource {
  const file = env[`${name}_FILE`] ?? '';
  return file === '' ? { text } : { file };
}
