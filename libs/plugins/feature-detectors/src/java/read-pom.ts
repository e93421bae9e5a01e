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
  const licenses: WrittenLicense[] = [];
  for (const { path, text } of textElements(decodeText(content), budget)) {
    const field = Object.hasOwn(paths, path) ? paths[path as keyof typeof paths] : undefined;
    if (field === 'licenseName' || field === 'licenseUrl') addLicense(licenses, field, text);
    else if (field !== undefined && !values.has(field)) values.set(field, text);
  }
  const groupId = values.get('groupId') ?? values.get('parentGroupId');
  const version = values.get('version') ?? values.get('parentVersion');
  const artifactId = values.get('artifactId');
  const license = alternativeLicenses(licenses.map(licenseOf).filter((text) => text !== ''));
  return {
    ...(groupId !== undefined && { groupId }),
    ...(artifactId !== undefined && { artifactId }),
    ...(version !== undefined && { version }),
    ...(license !== '' && { license }),
  };
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
      if (text !== undefined) text += following;
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

const others = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
  ['<!', '>'],
] as const;

const longestText = 4096;
const longestElement = 100;

function nameAt(xml: string, at: number, close: number): string {
  const [name = ''] = /^[^\s>]*/.exec(xml.slice(at, Math.min(close, at + longestElement))) ?? [];
  return name;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name] ?? '').trim();
}
