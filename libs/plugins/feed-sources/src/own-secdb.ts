import { asObject, type JsonPath, positionInJson, readText, type TextPosition } from '@clarion/file-formats/documents';
import type { FeedDocument, FeedRecord } from '@clarion/model';
import { checkNames, type JsonMembers, type RecordFault, shown } from './own-fault';
import { createMistakes, parseOwnJson, repeatsIn } from './own-mistakes';
import { faultOfName } from './own-package-names';
import { doubtOfNamespace } from './own-namespaces';
import { parseSecdb, type SecdbTarget } from './secdb';

const maxBytes = 64 * 1024 * 1024;
/** Maximum number of errors that are reported for one file. */
const maxFaults = 200;

/**
 * Reads one file of own SecDB data: anything that cannot be read is an error in the data, reported with its position.
 */
export async function* parseOwnSecdb(document: FeedDocument, target: SecdbTarget): AsyncGenerator<FeedRecord> {
  const { name } = document;
  const text = await readText(document.body, maxBytes);
  const mistakes = createMistakes();
  const value = parseOwnJson(text, name);
  yield* repeatsIn({ text, name, line: 1 }, mistakes);
  let count = 0;
  for (const fault of faultsOf(value, target)) {
    count += 1;
    if (count > maxFaults) break;
    yield mistakes.problem({ name, line: 1, position: () => positionInJson(text, fault.path) }, fault);
  }
  const doubt = doubtOfNamespace(target);
  if (doubt !== undefined) yield { kind: 'problem', record: name, message: doubt, doubt: true };
  yield* parseSecdb(
    { name, body: once(text) },
    {
      ...target,
      problemOf: ({ message, path }, subject) => {
        const position = (): TextPosition => positionInJson(text, path);
        const shownMessage = subject === name ? message : `${subject.slice(0, 80)}: ${message}`;
        return mistakes.problem({ name, line: 1, position }, { path, message: shownMessage });
      },
    },
  );
}

const members = {
  document: ['distroversion', 'reponame', 'archs', 'urlprefix', 'apkurl', 'packages'],
  entry: ['pkg'],
  pkg: ['name', 'secfixes'],
} as const;

/**
 * Errors in data that is valid but would have no effect, or would apply to something that its author did not intend.
 */
function* faultsOf(value: unknown, target: SecdbTarget): Generator<RecordFault> {
  const document = asObject(value);
  // `parseSecdb` fails if the list of packages is missing.
  if (document === undefined) return;
  yield* checkNames(document, members.document, []);
  yield* otherRelease(document['distroversion'], target);
  const packages = document['packages'];
  if (!Array.isArray(packages)) return;
  for (const [index, entry] of (packages as readonly unknown[]).entries()) {
    const whole = asObject(entry);
    if (whole === undefined) continue;
    const path = ['packages', index];
    yield* checkNames(whole, members.entry, path);
    const pkg = asObject(whole['pkg']);
    if (pkg !== undefined) yield* faultsOfPackage(pkg, [...path, 'pkg'], target);
  }
}

function* faultsOfPackage(pkg: JsonMembers, path: JsonPath, { namespace }: SecdbTarget): Generator<RecordFault> {
  const misspelt = [...checkNames(pkg, members.pkg, path)];
  yield* misspelt;
  const called = pkg['name'];
  // `parseSecdb` reports a missing name.
  if (typeof called === 'string' && called !== '') {
    const message = faultOfName(called, { namespace, scheme: 'apk', nameKind: 'source' });
    if (message !== undefined) yield { path: [...path, 'name'], message };
  }
  if (misspelt.length > 0) return;
  const secfixes = pkg['secfixes'] ?? undefined;
  const example = 'write for example "secfixes": { "1.2.3-r1": ["CVE-2024-0001"] }';
  if (secfixes === undefined) yield { path, message: `it has no "secfixes"; ${example}` };
  const versions = Object.entries(asObject(secfixes) ?? {});
  if (asObject(secfixes) !== undefined && versions.length === 0)
    yield { path: [...path, 'secfixes'], message: `it names no version; ${example}` };
  for (const [version, ids] of versions) {
    const isEmpty = ids === null || (Array.isArray(ids) && ids.length === 0);
    if (isEmpty)
      yield { path: [...path, 'secfixes', version], message: `the version ${shown(version)} names no id; ${example}` };
  }
}

/** If the file names a release, it must be the configured one. */
function* otherRelease(stated: unknown, { namespace }: SecdbTarget): Generator<RecordFault> {
  const release = namespace.split(':')[1];
  if (stated === undefined || stated === null || release === undefined) return;
  const plain = (text: string): string => text.trim().replace(/^v(?=\d)/, '');
  if (typeof stated === 'string' && plain(stated) === plain(release)) return;
  yield { path: ['distroversion'], message: `the file is about ${shown(stated)}, its configuration says ${namespace}` };
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}
