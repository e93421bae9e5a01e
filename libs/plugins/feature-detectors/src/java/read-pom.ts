import { decodeText } from '@clarion/file-formats';
import { alternativeLicenses, spdxLicense } from '@clarion/licenses';
import type { WorkBudget } from '@clarion/model';

/** What a project of Maven says about itself. A project without a group or a version has those of its parent. */
export interface Pom {
  readonly groupId?: string;
  readonly artifactId?: string;
  readonly version?: string;
  readonly license?: string;
}

const paths = {
  'project/groupId': 'groupId',
  'project/artifactId': 'artifactId',
  'project/version': 'version',
  'project/parent/groupId': 'parentGroupId',
  'project/parent/version': 'parentVersion',
  'project/licenses/license/name': 'licenseName',
  'project/licenses/license/url': 'licenseUrl',
} as const;
type Field = (typeof paths)[keyof typeof paths];

/** Reads the few elements of a `pom.xml` that name the project; what follows damage is not read. */
export function readPom(content: Uint8Array, budget: WorkBudget): Pom {
  const values = new Map<Field, string>();
  const properties = new Map<string, string>();
  const licenses: WrittenLicense[] = [];
  for (const { path, text } of textElements(decodedXml(content), budget)) {
    const field = Object.hasOwn(paths, path) ? paths[path as keyof typeof paths] : undefined;
    if (field === 'licenseName' || field === 'licenseUrl') addLicense(licenses, field, text);
    else if (field !== undefined && !values.has(field)) values.set(field, text);
    else if (path.startsWith(ofProperties) && properties.size < mostProperties)
      properties.set(path.slice(ofProperties.length), text);
  }
  addOwn(properties, values);
  const groupId = resolved(values.get('groupId') ?? values.get('parentGroupId'), properties);
  const version = resolved(values.get('version') ?? values.get('parentVersion'), properties);
  const artifactId = resolved(values.get('artifactId'), properties);
  const license = alternativeLicenses(licenses.map(licenseOf).filter((text) => text !== ''));
  return {
    ...(groupId !== undefined && { groupId }),
    ...(artifactId !== undefined && { artifactId }),
    ...(version !== undefined && { version }),
    ...(license !== '' && { license }),
  };
}

/** A byte order mark shows UTF-16. */
function decodedXml(content: Uint8Array): string {
  const [first, second] = content;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(content);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(content);
  return decodeText(content);
}

const ofProperties = 'project/properties/';
/** Large projects have some hundred. */
const mostProperties = 1000;

/** What projects can refer to besides their own properties: `${project.parent.version}`. */
function addOwn(properties: Map<string, string>, values: ReadonlyMap<Field, string>): void {
  const own = [
    ['project.version', values.get('version') ?? values.get('parentVersion')],
    ['project.groupId', values.get('groupId') ?? values.get('parentGroupId')],
    ['project.artifactId', values.get('artifactId')],
    ['project.parent.version', values.get('parentVersion')],
    ['project.parent.groupId', values.get('parentGroupId')],
  ] as const;
  for (const [name, value] of own) if (value !== undefined) properties.set(name, value);
}

/** Properties may consist of others. */
const mostRounds = 5;
/** Longer texts are no ids or versions. */
const longestResolved = 1000;

/** A text with its properties replaced by their values, as far as the project sets them itself. */
function resolved(text: string | undefined, properties: ReadonlyMap<string, string>): string | undefined {
  let result = text ?? '';
  for (let round = 0; round < mostRounds && result.includes('${'); round += 1) {
    if (result.length > longestResolved) break;
    result = result.replace(/\$\{([^${}]{1,100})\}/g, (whole, name: string) => properties.get(name) ?? whole);
  }
  return text === undefined ? undefined : result;
}

interface WrittenLicense {
  licenseName?: string;
  licenseUrl?: string;
}

/** Beyond that, elements are repeated without end. */
const mostLicenses = 20;

/** Name and address of a licence, in any order: one of them that is already there begins the next licence. */
function addLicense(licenses: WrittenLicense[], field: keyof WrittenLicense, text: string): void {
  const last = licenses.at(-1);
  if (last !== undefined && last[field] === undefined) last[field] = text;
  else if (licenses.length < mostLicenses) licenses.push({ [field]: text });
}

function licenseOf({ licenseName = '', licenseUrl = '' }: WrittenLicense): string {
  return spdxLicense(licenseName) ?? spdxLicense(licenseUrl) ?? (licenseName || licenseUrl);
}

/** Elements that matter are at most this deep. */
const deepest = 4;

/** Elements that contain nothing but text, by path. Comments are left out of it. */
function* textElements(xml: string, budget: WorkBudget): Generator<{ readonly path: string; readonly text: string }> {
  const open: string[] = [];
  let depth = 0;
  let text: string | undefined;
  for (let at = xml.indexOf('<'); at >= 0 && budget.spend(1);) {
    const other = others.find(([start]) => xml.startsWith(start, at));
    const close = xml.indexOf(other?.[1] ?? '>', at);
    if (close < 0) return;
    const end = close + (other?.[1] ?? '>').length;
    const next = xml.indexOf('<', end);
    const following = next < 0 ? '' : xml.slice(end, Math.min(next, end + longestText));
    if (other !== undefined) {
      const [start] = other;
      const inside = start === cdata ? xml.slice(at + start.length, Math.min(close, at + longestText)) : '';
      if (text !== undefined) text += inside + following;
    } else if (xml.charAt(at + 1) === '/') {
      if (text !== undefined && depth <= deepest) yield { path: open.slice(0, depth).join('/'), text: decoded(text) };
      text = undefined;
      depth = Math.max(0, depth - 1);
    } else if (xml.charAt(close - 1) === '/') {
      text = undefined;
    } else {
      if (depth < deepest) open[depth] = nameAt(xml, at + 1, close);
      depth += 1;
      text = following;
    }
    at = next;
  }
}

const cdata = '<![CDATA[';
const others = [
  ['<!--', '-->'],
  [cdata, ']]>'],
  ['<?', '?>'],
  ['<!', '>'],
] as const;

const longestText = 4096;
const longestElement = 100;

/** The name of an element, without the prefix of a namespace. */
function nameAt(xml: string, at: number, close: number): string {
  const [, name = ''] = /^(?:[^\s>:]*:)?([^\s>]*)/.exec(xml.slice(at, Math.min(close, at + longestElement))) ?? [];
  return name;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(text: string): string {
  return text
    .replace(/&(?:(amp|lt|gt|quot|apos)|#(\d{1,6}|x[\da-fA-F]{1,5}));/g, (_, name?: string, code?: string) =>
      code === undefined
        ? (entities[name ?? ''] ?? '')
        : String.fromCharCode(Number(code.startsWith('x') ? `0${code}` : code)),
    )
    .trim();
}
