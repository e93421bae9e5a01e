import { testBudget } from '@clarion/test-kit';
import { parseRelease } from './parse';

function parse(text: string): ReturnType<typeof parseRelease> {
  return parseRelease({ path: 'opt/jdk/release', content: Buffer.from(text) }, testBudget());
}

test.each<[what: string, text: string, found: readonly string[]]>([
  ['OpenJDK of a distribution', 'IMPLEMENTOR="Debian"\nJAVA_VERSION="17.0.21.1"\n', ['openjdk 17.0.21.1 Debian']],
  ['Java 8', 'JAVA_VERSION="1.8.0_392"\n', ['openjdk 1.8.0_392 undefined']],
  ['an early build', 'JAVA_VERSION="22-ea"\r\n', ['openjdk 22-ea undefined']],
  [
    'the JDK of Oracle',
    'BUILD_TYPE="commercial"\nIMPLEMENTOR="Oracle Corporation"\nJAVA_VERSION="21.0.1"',
    ['jdk 21.0.1 Oracle Corporation'],
  ],
  ['OpenJDK by Oracle', 'IMPLEMENTOR="Oracle Corporation"\nJAVA_VERSION="21"', ['openjdk 21 Oracle Corporation']],
  ['no other file', 'Origin: Debian\nLabel: Debian\n', []],
  ['no version', 'JAVA_VERSION=""\n', []],
  ['no text that is no version', 'JAVA_VERSION="$(cat version)"\n', []],
  ['no endless version', `JAVA_VERSION="${'1.'.repeat(5000)}1"\n`, []],
])('jvm finds %s', (_, text, found) => {
  const { features, problems } = parse(text);
  expect(features.map(({ name, version, vendor }) => `${name} ${version} ${vendor}`)).toEqual(found);
  expect(problems).toEqual([]);
});
