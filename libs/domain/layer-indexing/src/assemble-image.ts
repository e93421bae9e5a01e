import { namespaceOfPackage } from '@clarion/ecosystems';
import {
  createWorkBudget,
  type DetectorInfo,
  type Digest,
  type EcosystemSign,
  type EffectiveImage,
  type Image,
  type LayerIndex,
  type LayerStructure,
  type PlacedEvidence,
  type PlacedFeature,
  type PlacedProblem,
  type Problem,
  type WorkBudget,
  storedLength,
  workLimits,
} from '@clarion/model';
import { type OwnerOfFeature, ownersIn } from './file-owners';
import { readPrograms } from './read-programs';
import { runtimeFiles } from './runtime-files';
import { ecosystemsOf, type FoundEcosystem, packageFilesOf, signsOfLayer } from './ecosystem-signs';
import { detectorsByContent } from './detectors-by-content';
import { factsOfFile, type FileFacts, type LayerFacts, layerFacts } from './layer-facts';
import { ownedByAny } from './package-files';
import { mergedEcosystems, withUnreadManifests } from './unread-manifests';
import { applyLayer } from './merged-view';
import type { AppliedStructure } from './layer-changes';
import { ascending } from './untouched-files';
import { factsOfUntouched } from './untouched-facts';
import { emptyView, isEmptyDirectory, type MergedView } from './view-tree';
import { ViewFeatures } from './view-features';
import { type ViewFeature } from './view-feature';
import { withoutOwnedPrograms } from './owned-programs';
import { withoutStrayOwners } from './stray-owners';
import { type PickedNamespaces, pickNamespace, type LayerNamespaceEvidence } from './pick-namespace';
import { isOfDistribution } from './recognised-paths';
import { leadsSomewhere } from './relevant-paths';
import { sortedEvidence, withRepositories } from './repositories';
import { FileSearch } from './file-search';
import type { FilteredFile, FilteredFiles } from './filtered-files';
import { withUnreadFiles } from './unread-directories';
import { planSearch, type SearchPlan } from './search-plan';

/**
 * Links of all layers together that are kept with any name; beyond that, only those with names that lead to filtered
 * files. A real image has some ten thousand.
 */
const maxLinks = 200_000;

const none: LayerFacts = { files: [], detections: new Map() };

/** The image as it is after its top layer. */
interface TopView {
  readonly files: FilteredFiles;
  readonly features: readonly ViewFeature[];
  readonly ownerOf: OwnerOfFeature | undefined;
  readonly problems: readonly PlacedProblem[];
  readonly ecosystems: readonly FoundEcosystem[];
}

/**
 * Composes an image from the contents of its layers, base first (OCI image-spec, layer.md). `layers` is parallel to
 * `image.layers`; `detectors` are those whose detections the layers carry. Pure: equal arguments give an equal
 * result. Anything left out because composing would cost too much is a problem of the image.
 */
export function assembleImage(
  image: Image,
  layers: readonly LayerIndex[],
  detectors: readonly Pick<DetectorInfo, 'id' | 'files' | 'lockFiles'>[],
): EffectiveImage {
  return measuredAssembly(image, layers, detectors).effective;
}

/** The same, with the number of steps it took. */
export function measuredAssembly(
  image: Image,
  layers: readonly LayerIndex[],
  detectors: readonly Pick<DetectorInfo, 'id' | 'files' | 'lockFiles'>[],
): { readonly effective: EffectiveImage; readonly steps: number } {
  const budget = createWorkBudget('Composing the image', workLimits.image);
  // A repeated layer is a single object, and so are its facts.
  const factsOf = new Map([...new Set(layers)].map((layer) => [layer, layerFacts(layer, budget)]));
  const facts = layers.map((layer) => factsOf.get(layer) ?? none);
  const plan = planSearch(detectors, detectorsByContent(facts, detectors));
  const digests = layers.map((layer) => layer.diffId);
  const on = new Set(detectors.map(({ id }) => id));
  const lockFileDetectors = new Set(detectors.filter(({ lockFiles }) => lockFiles === true).map(({ id }) => id));
  const top = composeLayers(layers, facts, { plan, budget, on, lockFileDetectors });
  const namespaces: LayerNamespaceEvidence[] = [];
  const evidence: PlacedEvidence[] = [];
  for (const { path, layer, file } of factsOfFiles(top.files, facts)) {
    for (const one of file.namespaces) namespaces.push({ ...one, path, layer: digestAt(digests, layer) });
    for (const one of file.evidence) evidence.push({ ...one, path, layer: digestAt(digests, layer) });
  }
  const picked = pickNamespace(namespaces);
  const owned = withoutStrayOwners(placedFeatures(top, { picked, digests, budget }));
  const placed = withoutOwnedPrograms(owned, layers);
  const features = withRepositories(placed, evidence);
  const manifests = withUnreadManifests(fileProblems(top.files, facts, digests), () => ({
    features: features.filter(({ owner }) => owner === undefined),
    isOwned: ownedByAny([...new Set(layers)].flatMap(packageFilesOf), budget),
  }));
  const ecosystems = mergedEcosystems(top.ecosystems, manifests.ecosystems);
  const exceeded = budget.problem();
  const ofImage = exceeded === undefined ? [] : [{ ...exceeded, layer: null }];
  const effective: EffectiveImage = {
    image,
    layers: digests,
    namespaces: picked.namespace === undefined ? [] : [picked.namespace],
    channels: picked.channels,
    evidence: sortedEvidence(evidence),
    features,
    ...(ecosystems.length === 0 ? {} : { ecosystems }),
    problems: sortedProblems([...ofImage, ...top.problems, ...manifests.problems], digests),
  };
  return { effective, steps: budget.stepsSpent() };
}

interface ComposeOptions {
  readonly plan: SearchPlan;
  readonly budget: WorkBudget;
  /** Ids of the detectors in use. */
  readonly on: ReadonlySet<string>;
  /** Those of them that read lock files. */
  readonly lockFileDetectors: ReadonlySet<string>;
}

function composeLayers(
  layers: readonly LayerIndex[],
  facts: readonly LayerFacts[],
  { plan, budget, on, lockFileDetectors }: ComposeOptions,
): TopView {
  const view = emptyView(budget);
  const runs = runsOf(layers);
  const distinct = new Map(layers.map((layer, number) => [layer, facts[number]]));
  const problems = [...distinct].flatMap(problemsOfLayer);
  const add = ({ diffId }: LayerIndex, problem: Problem): number => problems.push({ ...problem, layer: diffId });
  const search = new FileSearch(view, plan);
  const features = new ViewFeatures();
  let links = 0;
  for (const { number, layer, times } of runs) {
    // Names take time to unpack, and say what a layer replaces: nothing in the lowest one.
    let structure = isEmptyDirectory(view.root) ? withoutNames(layer.structure) : layer.structure;
    links += structure.symlinks.length;
    if (links > maxLinks) {
      structure = withFewerLinks(structure, plan);
      add(layer, {
        code: 'limit-reached',
        message: `The image has more than ${maxLinks} symbolic links: some are not followed`,
      });
    }
    const files = withSignFiles(facts[number]?.files ?? [], { signs: signsOfLayer(layer, on), budget });
    const directories = isEmptyView(view, structure) ? [] : ascending(structure.directories, budget);
    const changed = applyRun(view, { layer: number, structure, files, directories }, times);
    // When the budget is used up, the last known view is the one below.
    if (!budget.spend(0)) break;
    if (!changed) continue;
    features.update(search.update(number), { layer: number, facts, budget, lockFileDetectors });
  }
  const numbered = runs.map(({ number, layer }) => [number, layer] as const);
  const untouched = factsOfUntouched(view, { plan, facts, lockFileDetectors });
  const sorted = features.sorted(untouched.features);
  const { found, lost } = search.files();
  const structures = [...distinct.keys()].map(({ structure }) => structure);
  const files = { found: [...found, ...untouched.others], lost: withUnreadFiles(lost, structures, budget) };
  const ownerOf = ownersIn(numbered, sorted, view);
  const isFound = rememberAnswers((type: string) =>
    sorted.some(
      (one) => one.feature.type === type && (ownerOf?.(one) === undefined || !isOfDistribution(one.feature.path)),
    ),
  );
  const isOnlyNamed = rememberAnswers((type: string) => {
    const found = sorted.filter(({ feature }) => feature.type === type);
    return found.length > 0 && found.every(({ named }) => named === true);
  });
  const read = readPrograms(sorted);
  const ofRuntimes = runtimeFiles(sorted, (one) => isOfDistribution(one.feature.path) && ownerOf?.(one) !== undefined);
  const ecosystems = ecosystemsOf(numbered, view, { on, isFound, isOnlyNamed, read, ofRuntimes });
  return { files, features: sorted, ownerOf, problems, ecosystems };
}

/** Each question is answered once: an answer may take a walk over all packages. */
function rememberAnswers(ask: (about: string) => boolean): (about: string) => boolean {
  const answers = new Map<string, boolean>();
  return (about) => {
    const answer = answers.get(about) ?? ask(about);
    answers.set(about, answer);
    return answer;
  };
}

/** A layer, and how many times it repeats in a row. */
interface LayerRun {
  readonly number: number;
  readonly layer: LayerIndex;
  times: number;
}

function runsOf(layers: readonly LayerIndex[]): readonly LayerRun[] {
  const runs: LayerRun[] = [];
  for (const [number, layer] of layers.entries()) {
    const last = runs.at(-1);
    if (last?.layer === layer) last.times += 1;
    else runs.push({ number, layer, times: 1 });
  }
  return runs;
}

/**
 * Applies a layer as many times as it repeats in a row, until it changes nothing more. Returns whether anything
 * changed.
 */
function applyRun(view: MergedView, applied: AppliedStructure, times: number): boolean {
  if (isEmpty(applied.structure) && applied.files.length === 0) return false;
  let done = 0;
  while (done < times && applyLayer(view, applied) && view.budget.spend(0)) done += 1;
  return done > 0;
}

/** Problems of a layer, wherever its files are now. */
function problemsOfLayer([{ diffId, problems }, facts]: readonly [
  LayerIndex,
  LayerFacts | undefined,
]): PlacedProblem[] {
  const general = [...(facts?.detections.values() ?? [])].flatMap((found) => found.general);
  return [...problems, ...general].map((problem) => ({ ...problem, layer: diffId }));
}

/** Recognised files that are not read are hidden and replaced like files that are. */
function withSignFiles(
  files: readonly string[],
  { signs, budget }: { readonly signs: readonly EcosystemSign[]; readonly budget: WorkBudget },
): readonly string[] {
  const paths = signs.flatMap((sign) => sign.paths);
  return paths.length === 0 ? files : ascending([...files, ...paths], budget);
}

/** Whether directories of a layer can replace nothing: there is nothing, and none of them is reached by a link. */
function isEmptyView({ root }: MergedView, { symlinks, hardlinks }: LayerStructure): boolean {
  return isEmptyDirectory(root) && symlinks.length + hardlinks.length === 0;
}

function withoutNames(structure: LayerStructure): LayerStructure {
  const { names, ...others } = structure;
  return names === undefined ? structure : others;
}

function isEmpty(structure: LayerStructure): boolean {
  return Object.values(structure).every((part: string | readonly unknown[]) => part.length === 0);
}

function withFewerLinks(structure: LayerStructure, plan: SearchPlan): LayerStructure {
  return { ...structure, symlinks: structure.symlinks.filter(([path]) => leadsSomewhere(path, plan.matcher)) };
}

/** The facts of detectors about the files that remain in the image. */
function* factsOfFiles(
  files: FilteredFiles,
  facts: readonly LayerFacts[],
): Iterable<{ readonly path: string; readonly layer: number; readonly file: FileFacts }> {
  for (const filtered of files.found) {
    const file = factsOfFile(facts[filtered.file.layer], filtered);
    if (file !== undefined) yield { path: filtered.path, layer: filtered.file.layer, file };
  }
}

interface FeatureContext {
  readonly picked: PickedNamespaces;
  readonly digests: readonly Digest[];
  readonly budget: WorkBudget;
}

function placedFeatures(
  { features, ownerOf }: Pick<TopView, 'features' | 'ownerOf'>,
  { picked, digests, budget }: FeatureContext,
): PlacedFeature[] {
  const { namespace } = picked;
  const placed: PlacedFeature[] = [];
  for (const one of features) {
    const { feature } = one;
    if (!budget.keep(storedLength(feature))) break;
    const ofDistribution = namespace?.packageType === feature.type ? namespace.id : null;
    const id = namespaceOfPackage(feature) ?? ofDistribution;
    const layer = digestAt(digests, one.layer);
    const owner = ownerOf?.(one);
    // Added members come first: members after a spread give each object its own shape, three times its size.
    placed.push(
      owner === undefined ? { namespace: id, layer, ...feature } : { namespace: id, layer, owner, ...feature },
    );
  }
  return placed;
}

/** Problems of files that remain in the image, and of names with an unknown target. */
function fileProblems(files: FilteredFiles, facts: readonly LayerFacts[], digests: readonly Digest[]): PlacedProblem[] {
  const found = files.found.flatMap((filtered): PlacedProblem[] => {
    const { path, file, links } = filtered;
    const known = factsOfFile(facts[file.layer], filtered);
    if (known !== undefined) {
      const problems = known.problems.map((problem) => ({ ...problem, path, layer: digestAt(digests, file.layer) }));
      return filtered.unseen && hasOthersAbove(digests, file.layer)
        ? [...problems, unseenChange(filtered, digests)]
        : problems;
    }
    const message = `${path} is a link to a file that no detector was given`;
    return [{ code: 'unresolved-link', path, message, layer: digestAt(digests, links.at(-1)?.layer ?? file.layer) }];
  });
  const lost = files.lost.map(({ path, link, reason }): PlacedProblem => {
    const why =
      reason === 'loop'
        ? 'a loop, or too long a chain, of symbolic links'
        : `a link to ${link.target}, which was not read`;
    return { code: 'unresolved-link', path, message: `${path} is ${why}`, layer: digestAt(digests, link.layer) };
  });
  return [...found, ...lost];
}

/** Layers are read only for filtered names: what the others put at another name is recorded for no layer. */
function unseenChange({ path, links, file }: FilteredFile, digests: readonly Digest[]): PlacedProblem {
  const message = `${path} is a link to ${file.path}, which a later layer may have replaced`;
  return { code: 'unresolved-link', path, message, layer: digestAt(digests, links.at(-1)?.layer ?? file.layer) };
}

function hasOthersAbove(digests: readonly Digest[], layer: number): boolean {
  return digests.slice(layer + 1).some((digest) => digest !== digests[layer]);
}

function digestAt(digests: readonly Digest[], layer: number): Digest {
  return digests[layer] ?? '';
}

/** Each problem once, in an order that depends only on the facts: by layer from the base, then path, then text. */
function sortedProblems(problems: readonly PlacedProblem[], digests: readonly Digest[]): PlacedProblem[] {
  // The lowest number of equal layers.
  const numbers = new Map([...digests.entries()].reverse().map(([number, digest]) => [digest, number]));
  const key = ({ layer, path = '', code, message }: PlacedProblem): string => {
    const number = layer === null ? -1 : (numbers.get(layer) ?? -1);
    return [String(number + 1).padStart(6, '0'), path, code, message].join('\0');
  };
  const unique = new Map(problems.map((problem) => [key(problem), problem]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, problem]) => problem);
}
