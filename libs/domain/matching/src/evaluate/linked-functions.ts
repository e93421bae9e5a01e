import { decodeLinkedFunctions, type LinkedFunctions } from '@clarion/ecosystems';
import type { Advisory, AffectedImport, PlacedFeature } from '@clarion/model';

/** The reason of the reference (matching §4.1), which readers of reports look for. */
const reason = 'symbols not present';

/**
 * Why a program is not affected although the version of a module in it is: it links none of the functions with the flaw,
 * or all of them are for other platforms. Undefined where it links one, and where that is unknown: a stripped program
 * for a platform that the advisory is about, an advisory without functions.
 */
export function reasonNotLinked(
  { imports, id, advisory }: Pick<Advisory, 'imports' | 'id' | 'advisory'>,
  feature: Pick<PlacedFeature, 'name' | 'linkedFunctions'>,
): string | undefined {
  if (imports === undefined) return undefined;
  const linked = linkedFunctionsOf(feature);
  if (linked === undefined || imports.some((one) => mayUse(one, { linked, module: feature.name }))) return undefined;
  if (!linked.areKnown) {
    const platform = [linked.os, linked.architecture].filter((text) => text !== '').join('/');
    return imports.length === 0
      ? undefined
      : `${reason}: nothing of what ${advisory ?? id} names is in programs for ${platform}`;
  }
  return `${reason}: the program links nothing of what ${advisory ?? id} names`;
}

const decoded = new WeakMap<Pick<PlacedFeature, 'linkedFunctions'>, LinkedFunctions | undefined>();

/** A module of a program has many advisories, and decoding takes a millisecond for 10,000 functions. */
function linkedFunctionsOf(feature: Pick<PlacedFeature, 'linkedFunctions'>): LinkedFunctions | undefined {
  if (feature.linkedFunctions === undefined) return undefined;
  if (!decoded.has(feature)) decoded.set(feature, decodeLinkedFunctions(feature.linkedFunctions));
  return decoded.get(feature);
}

interface ProgramModule {
  readonly linked: LinkedFunctions;
  readonly module: string;
}

function mayUse({ path, functions, os, architectures }: AffectedImport, { linked, module }: ProgramModule): boolean {
  if (isAnother(linked.os, os) || isAnother(linked.architecture, architectures)) return false;
  const below = pathBelow(module, path);
  // What is stored of the module does not show other modules.
  if (below === undefined) return true;
  return functions?.some((name) => isLinked(linked, below, name)) ?? linked.hasPackage(below);
}

function isAnother(own: string, named: readonly string[] = []): boolean {
  return own !== '' && named.length > 0 && !named.includes(own);
}

/** Path of a package below its module. Packages of the standard library have no dot in their first component. */
function pathBelow(module: string, path: string): string | undefined {
  if (module === 'stdlib') return path.split('/', 1)[0]?.includes('.') === true ? undefined : path;
  if (path === module) return '';
  return path.startsWith(`${module}/`) ? path.slice(module.length + 1) : undefined;
}

/** Numbered functions `init`, and what a compiler calls the variables of a package: any package with code has them. */
const initialisation = /^init(?:[#.]\d+)?$/;

/** What is stored has no closures, type arguments and receivers in parentheses; advisories hardly ever name any. */
function isLinked(linked: LinkedFunctions, path: string, name: string): boolean {
  if (initialisation.test(name)) return linked.hasPackage(path);
  const plain = name.replace(/\[.*\]/, '').replace(/^\(\*?([^)]*)\)/, '$1');
  const [first = '', second] = plain.split('.');
  return (
    linked.hasFunction(path, second === undefined ? first : `${first}.${second}`) ||
    (second !== undefined && /^func\d+$/.test(second) && linked.hasFunction(path, first))
  );
}
