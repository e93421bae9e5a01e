import { artifactsOfGroup } from './known-groups';
import { groupBeforeMove } from './moved-artifacts';

/** Libraries of Apache Commons, whose group had the same name before it was `org.apache.commons`. */
const commons = [
  ...['beanutils', 'chain', 'cli', 'codec', 'collections', 'configuration', 'daemon', 'dbcp', 'digester', 'discovery'],
  ...['el', 'fileupload', 'httpclient', 'io', 'jexl', 'jxpath', 'lang', 'logging', 'net', 'pool', 'validator', 'vfs'],
].map((name) => `commons-${name}`);

const groups = new Map([
  ...commons.map((name) => [name, name] as const),
  ...Object.entries(artifactsOfGroup).flatMap(([group, names]) => names.split(' ').map((one) => [one, group] as const)),
]);
const beginnings = [...groups.keys()].filter((name) => name.endsWith('*'));

/** The group of an artifact that is known by its name and version alone; undefined where it is not. */
export function groupOfArtifact(artifact: string, version: string): string | undefined {
  const exact = groupBeforeMove(artifact, version) ?? groups.get(artifact);
  if (exact !== undefined) return exact;
  const beginning = beginnings.find((one) => artifact.startsWith(one.slice(0, -1)));
  return beginning === undefined ? undefined : groups.get(beginning);
}

/** Whether an artifact is known by its whole name, whatever its version is. */
export function isKnownArtifact(artifact: string): boolean {
  return groups.has(artifact);
}
