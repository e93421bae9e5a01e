import { namespaceOfPackage } from '@clarion/ecosystems';
import {
  createWorkBudget,
  type DetectorInfo,
  type Digest,
  type EffectiveImage,
  type Image,
  type LayerIndex,
  type PlacedEvidence,
  type PlacedFeature,
  type PlacedProblem,
  type WorkBudget,
  storedLength,
  workLimits,
} from '@clarion/model';
import { type OwnerOfFeature, ownersIn } from './file-owners';
import { readPrograms } from './read-programs';
import { runtimeFiles } from './runtime-files';
import { ecosystemsOf, type FoundEcosystem, packageFilesOf } from './ecosystem-signs';
import { detectorsByContent } from './detectors-by-content';
import { factsOfFile, type FileFacts, type LayerFacts, layerFacts } from './layer-facts';
import { ownedByAny } from './package-files';
import { mergedEcosystems, withUnreadManifests } from './unread-manifests';
import { factsOfUntouched } from './untouched-facts';
import { type ViewFeature } from './view-feature';
import { withoutOwnedPrograms } from './owned-programs';
import { withoutStrayOwners } from './stray-owners';
import { type PickedNamespaces, pickNamespace, type LayerNamespaceEvidence } from './pick-namespace';
import { isOfDistribution } from './recognised-paths';
import { sortedEvidence, withRepositories } from './repositories';
import type { FilteredFile, FilteredFiles } from './filtered-files';
import { withUnreadFiles } from './unread-directories';
import { planSearch } from './search-plan';
import { LayeredView, type LayerRules, maxLinks } from './layered-view';
import { type LayerRun, runsOf } from './layer-runs';
import type { MeasuredFacts, RememberedView, RememberedViews } from './remembered-views';

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
  detectors: readonly AssemblingDetector[],
): EffectiveImage {
  return measuredAssembly(image, layers, { detectors }).effective;
}

/** An assembled image, and what it cost. */
export interface MeasuredAssembly {
  readonly effective: EffectiveImage;
  readonly steps: number;
}

/** The same, with the number of steps it took. `views` remembers what images have in common; the result is the same. */
export function measuredAssembly(
  image: Image,
  layers: readonly LayerIndex[],
  {
    detectors,
    views,
  }: { readonly detectors: readonly AssemblingDetector[]; readonly views?: RememberedViews | undefined },
): MeasuredAssembly {
  const asked: AskedAssembly = { image, layers, detectors, runs: runsOf(layers) };
  const known = views?.take(asked.runs, detectors);
  const assembled = known === undefined ? undefined : assemble(asked, { known, views });
  // Which step is the last one depends on where composing begins.
  const whole = assembled?.isComplete === true ? assembled : assemble(asked, { known: undefined, views });
  views?.noteChain(asked.runs, detectors);
  return whole;
}

type AssemblingDetector = Pick<DetectorInfo, 'id' | 'files' | 'lockFiles'>;

interface AskedAssembly {
  readonly image: Image;
  readonly layers: readonly LayerIndex[];
  readonly detectors: readonly AssemblingDetector[];
  readonly runs: readonly LayerRun[];
}

interface Remembering {
  /** The view of the lowest layers. */
  readonly known: RememberedView | undefined;
  readonly views: RememberedViews | undefined;
}

function assemble(
  asked: AskedAssembly,
  { known, views }: Remembering,
): MeasuredAssembly & { readonly isComplete: boolean } {
  const { layers, detectors } = asked;
  const budget = createWorkBudget('Composing the image', workLimits.image);
  // A repeated layer is a single object, and so are its facts.
  const measured = new Map([...new Set(layers)].map((layer) => [layer, measuredFacts(layer, budget, known)]));
  const facts = layers.map((layer) => measured.get(layer)?.facts ?? none);
  const plan = planSearch(detectors, detectorsByContent(facts, detectors));
  const on = new Set(detectors.map(({ id }) => id));
  const lockFileDetectors = new Set(detectors.filter(({ lockFiles }) => lockFiles === true).map(({ id }) => id));
  const rules: LayerRules = { plan, budget, facts, on, lockFileDetectors };
  const stacked = stackLayers(asked, rules, { known, views, measured });
  const effective = effectiveImage(asked, stacked.composed, rules);
  const isComplete = budget.problem() === undefined;
  if (stacked.remembered !== undefined && isComplete) {
    stacked.composed.rollBack();
    views?.keep(stacked.remembered);
  }
  return { effective, steps: budget.stepsSpent(), isComplete };
}

/** A view that is remembered has its facts, and has spent its steps. */
function measuredFacts(layer: LayerIndex, budget: WorkBudget, known: RememberedView | undefined): MeasuredFacts {
  const before = known?.facts.get(layer);
  if (before !== undefined) {
    budget.spend(before.steps);
    return before;
  }
  const spent = budget.stepsSpent();
  const facts = layerFacts(layer, budget);
  return { facts, steps: budget.stepsSpent() - spent };
}

interface StackedLayers {
  readonly composed: LayeredView;
  /** Whose view is to be rolled back, and remembered. */
  readonly remembered: RememberedView | undefined;
}

/** Applies the layers above those that are known, and remembers the view of those that other images have, too. */
function stackLayers(
  { runs, detectors }: AskedAssembly,
  rules: LayerRules,
  { known, views, measured }: Remembering & { readonly measured: ReadonlyMap<LayerIndex, MeasuredFacts> },
): StackedLayers {
  const { budget } = rules;
  const composed = known?.composed ?? new LayeredView(rules);
  let remembered = known;
  if (known !== undefined) {
    composed.begin(rules);
    budget.spend(known.steps);
  }
  const shared = known === undefined ? (views?.sharedRuns(runs, detectors) ?? 0) : 0;
  const before = budget.stepsSpent();
  for (let at = known?.runs.length ?? 0; at <= runs.length; at += 1) {
    if (at > 0 && at === shared && composed.withFewerLinks.length === 0) {
      const steps = budget.stepsSpent() - before;
      remembered = { composed, detectors, steps, ...lowest(runs.slice(0, at), measured) };
      composed.begin(rules);
    }
    const run = runs[at];
    if (run !== undefined) composed.apply(run, rules);
    if (!budget.spend(0)) break;
  }
  return { composed, remembered };
}

function lowest(
  runs: readonly LayerRun[],
  measured: ReadonlyMap<LayerIndex, MeasuredFacts>,
): Pick<RememberedView, 'runs' | 'facts'> {
  const layers = new Set(runs.map(({ layer }) => layer));
  return { runs, facts: new Map([...measured].filter(([layer]) => layers.has(layer))) };
}

function effectiveImage(
  { image, layers, runs }: AskedAssembly,
  composed: LayeredView,
  rules: LayerRules,
): EffectiveImage {
  const { facts, budget } = rules;
  const digests = layers.map((layer) => layer.diffId);
  const top = topView(runs, composed, rules);
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
  return {
    image,
    layers: digests,
    namespaces: picked.namespace === undefined ? [] : [picked.namespace],
    channels: picked.channels,
    evidence: sortedEvidence(evidence),
    features,
    ...(ecosystems.length === 0 ? {} : { ecosystems }),
    problems: sortedProblems([...ofImage, ...top.problems, ...manifests.problems], digests),
  };
}

function topView(
  runs: readonly LayerRun[],
  { view, search, features, withFewerLinks }: LayeredView,
  { plan, budget, facts, on, lockFileDetectors }: LayerRules,
): TopView {
  const distinct = new Map(runs.map(({ layer, number }) => [layer, facts[number]]));
  const problems = [...[...distinct].flatMap(problemsOfLayer), ...withFewerLinks.map(tooManyLinks)];
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

function tooManyLinks({ diffId }: LayerIndex): PlacedProblem {
  const message = `The image has more than ${maxLinks} symbolic links: some are not followed`;
  return { code: 'limit-reached', message, layer: diffId };
}

/** Problems of a layer, wherever its files are now. */
function problemsOfLayer([{ diffId, problems }, facts]: readonly [
  LayerIndex,
  LayerFacts | undefined,
]): PlacedProblem[] {
  const general = [...(facts?.detections.values() ?? [])].flatMap((found) => found.general);
  return [...problems, ...general].map((problem) => ({ ...problem, layer: diffId }));
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
