import { compareSeverity, type Finding } from '@clarion/model';

import { shortLocation } from './short-location';

/** Findings of the same binary packages of one source package: shown as one block. */
export interface FindingBlock {
  /** Name of the source package, or of the package where no source is known. */
  readonly source: string;
  readonly version: string;
  readonly layer: string;
  readonly path: string;
  /** Of a package of a language: the end of the path. */
  readonly location: string | undefined;
  /** Names of the binary packages; empty where the only one is called like the source. */
  readonly binaries: readonly string[];
  /** One finding a vulnerability, most severe first. */
  readonly findings: readonly Finding[];
}

interface Merged {
  readonly finding: Finding;
  readonly binaries: Set<string>;
}

/**
 * Groups findings so that one flaw of openssl in libssl3 and openssl is one row, and all flaws of the same packages
 * are together. Known exploited ones come first, within a block and among blocks; then the most severe, then by name.
 */
export function findingBlocks(findings: readonly Finding[]): readonly FindingBlock[] {
  const blocks = new Map<string, Merged[]>();
  for (const merged of mergeBinaries(findings)) {
    const { finding, binaries } = merged;
    append(blocks, JSON.stringify([sourceName(finding), locationOf(finding), [...binaries]]), merged);
  }
  return [...blocks.values()].flatMap(blockOf).sort(byUrgency);
}

/** Findings that differ only in the binary package become one, with the names of all of them. */
function mergeBinaries(findings: readonly Finding[]): readonly Merged[] {
  const merged = new Map<string, Merged>();
  for (const finding of findings) {
    const { id, severity, state, fixedIn } = finding;
    const key = JSON.stringify([sourceName(finding), locationOf(finding), id, severity, state, fixedIn]);
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { finding, binaries: new Set([finding.package.name]) });
    else known.binaries.add(finding.package.name);
  }
  return [...merged.values()];
}

function blockOf(merged: readonly Merged[]): FindingBlock[] {
  const [first] = merged;
  if (first === undefined) return [];
  const { version, layer, path } = first.finding.package;
  const source = sourceName(first.finding);
  const names = [...first.binaries];
  const binaries = names.length === 1 && names[0] === source ? [] : names;
  // Findings of a report are ordered by severity; sorting keeps that order among equals.
  const findings = merged.map(({ finding }) => finding).sort(exploitedFirst);
  const location = shortLocation(first.finding.package);
  return [{ source, version, layer, path, location, binaries, findings }];
}

/** An order of findings: what is known to be exploited before what is not. */
export function exploitedFirst(a: Finding, b: Finding): number {
  return Number(b.knownExploited !== null) - Number(a.knownExploited !== null);
}

function byUrgency(a: FindingBlock, b: FindingBlock): number {
  const [first, second] = [a.findings[0], b.findings[0]];
  const exploited = first === undefined || second === undefined ? 0 : exploitedFirst(first, second);
  const severity = compareSeverity(first?.severity ?? 'Unknown', second?.severity ?? 'Unknown');
  return exploited || severity || (a.source < b.source ? -1 : a.source > b.source ? 1 : 0);
}

function sourceName({ source, package: pkg }: Finding): string {
  return source?.name ?? pkg.name;
}

function locationOf({ package: { namespace, version, layer, path } }: Finding): readonly string[] {
  return [namespace, version, layer, path];
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
