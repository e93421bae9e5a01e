// Test code belongs in the folder testing/ of its library, next to src: src contains the product. Test data stay next
// to the specs that read them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const program = /\.[cm]?[jt]s$/;
const testImport = /\bfrom '(fast-check|@clarion\/test-kit|@jest\/globals|(?:\.\.?\/)+testing\/[^']*)'/;

/**
 * One line for each source file of a library that is test code but not a spec.
 * @param {string} root
 * @returns {string[]}
 */
export function testCodeInSources(root) {
  return readdirSync(join(root, 'libs'))
    .filter((layer) => layer !== 'testing')
    .flatMap((layer) => readdirSync(join(root, 'libs', layer)).map((name) => `libs/${layer}/${name}/src`))
    .filter((source) => existsSync(join(root, source)))
    .flatMap((source) =>
      readdirSync(join(root, source), { recursive: true, encoding: 'utf8' })
        .filter((name) => program.test(name) && !name.endsWith('.spec.ts'))
        .flatMap((name) => {
          const reason = reasonOf(name, readFileSync(join(root, source, name), 'utf8'));
          return reason === undefined ? [] : [`${source}/${name}: ${reason}, so it belongs into testing/ beside src`];
        }),
    );
}

/**
 * @param {string} name
 * @param {string} text
 */
function reasonOf(name, text) {
  const folder = /(?:^|\/)(testing|testdata)\//.exec(name)?.[1];
  if (folder !== undefined) return `a program in ${folder}/ is test code`;
  const imported = testImport.exec(text)?.[1];
  return imported === undefined ? undefined : `what imports ${imported} is test code`;
}
