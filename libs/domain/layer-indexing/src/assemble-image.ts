import { compileFileFilters } from '@clarion/layer-archive';
import {
  createWorkBudget,
  type DetectorInfo,
  type Digest,
  type EffectiveImage,
  type Image,
  isOwnName,
  type LayerIndex,
  type LayerStructure,
  type PlacedEvidence,
  type PlacedFeature,
  type PlacedProblem,
  type Problem,
  type WorkBudget,
  textLength,
  workLimits,
} from '@clarion/model';
import { ecosystemsOf, type FoundEcosystem, signsOfLayer } from './ecosystem-signs';
import { factsOfPlace, type FileFacts, type LayerFacts, layerFacts } from './layer-facts';
import { applyLayer, emptyView, type MergedView } from './merged-view';
import { featuresOfView, noFeatures, sortedFeatures, type ViewFeatures } from './origins';
import { type PickedNamespaces, pickNamespace, type LayerNamespaceEvidence } from './pick-namespace';
import { leadsSomewhere } from './relevant-paths';
import { sortedEvidence, withRepositories } from './repositories';
import { findWanted, planSearch, type SearchPlan, type WantedPlace, type WantedPlaces } from './wanted-places';

/**
 * Links of all layers together that are kept whatever they are called; beyond that only those at names that lead to
 * wanted files. A real image has some ten thousand.
 */
const maxLinks = 200_000;

const none: LayerFacts = new Map();

/** The image as it is after its top layer. */
interface TopView {
  readonly places: WantedPlaces;
  readonly features: ViewFeatures;
  readonly problems: readonly PlacedProblem[];
  readonly ecosystems: readonly FoundEcosystem[];
}

/**
 * Composes an image from what its layers hold, base first (OCI image-spec, layer.md). `layers` is parallel to
 * `image.layers`; `detectors` are those whose detections the layers carry. Pure: equal arguments, equal result. What is
 * left out because composing would cost too much is a problem of the image.
 */
export function assembleImage(
  image: Image,
  layers: readonly LayerIndex[],
  detectors: readonly Pick<DetectorInfo, 'id' | 'wants'>[],
): EffectiveImage {
  return measuredAssembly(image, layers, detectors).effective;
}

/** The same with the steps that it took. */
export function measuredAssembly(
  image: Image,
  layers: readonly LayerIndex[],
  detectors: readonly Pick<DetectorInfo, 'id' | 'wants'>[],
): { readonly effective: EffectiveImage; readonly steps: number } {
  const budget = createWorkBudget('Composing the image', workLimits.image);
  const plan = planSearch(compileFileFilters(detectors), detectors);
  // A layer that is repeated is one object, and so are its facts.
  const factsOf = new Map([...new Set(layers)].map((layer) => [layer, layerFacts(layer)]));
  const facts = layers.map((layer) => factsOf.get(layer) ?? none);
  const digests = layers.map((layer) => layer.diffId);
  const top = composeLayers(layers, facts, { plan, budget });
  const namespaces: LayerNamespaceEvidence[] = [];
  const evidence: PlacedEvidence[] = [];
  for (const { path, layer, file } of factsOfPlaces(top.places, facts)) {
    for (const one of file.namespaces) namespaces.push({ ...one, path, layer: digestAt(digests, layer) });
    for (const one of file.evidence) evidence.push({ ...one, path, layer: digestAt(digests, layer) });
  }
  const picked = pickNamespace(namespaces);
  const features = withRepositories(placeFeatures(top.features, { picked, digests, budget }), evidence);
  const exceeded = budget.problem();
  const ofImage = exceeded === undefined ? [] : [{ ...exceeded, layer: null }];
  const effective: EffectiveImage = {
    image,
    layers: digests,
    namespaces: picked.namespace === undefined ? [] : [picked.namespace],
    channels: picked.channels,
    evidence: sortedEvidence(evidence),
    features,
    ...(top.ecosystems.length === 0 ? {} : { ecosystems: top.ecosystems }),
    problems: sortedProblems([...ofImage, ...top.problems, ...fileProblems(top.places, facts, digests)], digests),
  };
  return { effective, steps: budget.stepsSpent() };
}

interface Composing {
  readonly plan: SearchPlan;
  readonly budget: WorkBudget;
}

function composeLayers(
  layers: readonly LayerIndex[],
  facts: readonly LayerFacts[],
  { plan, budget }: Composing,
): TopView {
  const view = emptyView(budget);
  const runs = runsOf(layers);
  const distinct = new Map(layers.map((layer, number) => [layer, facts[number]]));
  const problems = [...distinct].flatMap(problemsOfLayer);
  const add = ({ diffId }: LayerIndex, problem: Problem): number => problems.push({ ...problem, layer: diffId });
  let places: WantedPlaces = { found: [], lost: [] };
  let features: ViewFeatures = noFeatures;
  let links = 0;
  for (const { number, layer, times } of runs) {
    let structure = layer.structure;
    links += structure.symlinks.length;
    if (links > maxLinks) {
      structure = withFewerLinks(structure, plan);
      add(layer, {
        code: 'limit-reached',
        message: `The image has more than ${maxLinks} symbolic links: some are not followed`,
      });
    }
    const changed = applyRun(view, { number, structure: withSignFiles(structure, layer), times });
    // When the budget is used up, the view below is the last one that is known.
    if (!budget.spend(0)) break;
    if (!changed) continue;
    places = findWanted(view, plan);
    features = featuresOfView(places.found, facts, { layer: number, features, budget });
  }
  const numbered = runs.map(({ number, layer }) => [number, layer] as const);
  return { places, features, problems, ecosystems: ecosystemsOf(numbered, view) };
}

/** A layer, and how often it lies on itself. */
interface Run {
  readonly number: number;
  readonly layer: LayerIndex;
  times: number;
}

function runsOf(layers: readonly LayerIndex[]): readonly Run[] {
  const runs: Run[] = [];
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
function applyRun(
  view: MergedView,
  { number, structure, times }: Pick<Run, 'number' | 'times'> & { readonly structure: LayerStructure },
): boolean {
  if (isEmpty(structure)) return false;
  let applied = 0;
  while (applied < times && applyLayer(view, number, structure) && view.budget.spend(0)) applied += 1;
  return applied > 0;
}

/** What was wrong with a layer, wherever its files are now. */
function problemsOfLayer([{ diffId, problems }, facts]: readonly [
  LayerIndex,
  LayerFacts | undefined,
]): PlacedProblem[] {
  const general = [...(facts?.values() ?? [])].flatMap((found) => found.general);
  return [...problems, ...general].map((problem) => ({ ...problem, layer: diffId }));
}

/** What is recognised and not read is hidden and replaced as what is read. */
function withSignFiles(structure: LayerStructure, layer: LayerIndex): LayerStructure {
  const paths = signsOfLayer(layer).flatMap((sign) => sign.paths);
  if (paths.length === 0) return structure;
  return { ...structure, files: [...new Set([...structure.files, ...paths])] };
}

function isEmpty(structure: LayerStructure): boolean {
  return Object.values(structure).every((part: readonly unknown[]) => part.length === 0);
}

function withFewerLinks(structure: LayerStructure, plan: SearchPlan): LayerStructure {
  return { ...structure, symlinks: structure.symlinks.filter(([path]) => leadsSomewhere(path, plan.matcher)) };
}

/** What detectors say about the files that are in the image as it is now. */
function* factsOfPlaces(
  places: WantedPlaces,
  facts: readonly LayerFacts[],
): Iterable<{ readonly path: string; readonly layer: number; readonly file: FileFacts }> {
  for (const place of places.found) {
    const file = factsOfPlace(facts[place.file.layer], place);
    if (file !== undefined) yield { path: place.path, layer: place.file.layer, file };
  }
}

interface Placing {
  readonly picked: PickedNamespaces;
  readonly digests: readonly Digest[];
  readonly budget: WorkBudget;
}

function placeFeatures(features: ViewFeatures, { picked, digests, budget }: Placing): PlacedFeature[] {
  const { namespace } = picked;
  const placed: PlacedFeature[] = [];
  for (const { feature, layer } of sortedFeatures(features)) {
    if (!budget.keep(textLength(feature))) break;
    const ofDistribution = namespace?.packageType === feature.type ? namespace.id : null;
    const id = isOwnName(feature.type) ? feature.type : ofDistribution;
    // What is added stands first: members after a spread make a shape of its own of each object, three times its size.
    placed.push({ namespace: id, layer: digestAt(digests, layer), ...feature });
  }
  return placed;
}

/** What is wrong with files that are in the image as it is now, and with names that lead nowhere known. */
function fileProblems(places: WantedPlaces, facts: readonly LayerFacts[], digests: readonly Digest[]): PlacedProblem[] {
  const found = places.found.flatMap((place): PlacedProblem[] => {
    const { path, file, links } = place;
    const known = factsOfPlace(facts[file.layer], place);
    if (known !== undefined) {
      const problems = known.problems.map((problem) => ({ ...problem, path, layer: digestAt(digests, file.layer) }));
      return place.unseen && hasOthersAbove(digests, file.layer)
        ? [...problems, unseenChange(place, digests)]
        : problems;
    }
    const message = `${path} is a link to a file that no detector was given`;
    return [{ code: 'unresolved-link', path, message, layer: digestAt(digests, links.at(-1)?.layer ?? file.layer) }];
  });
  const lost = places.lost.map(({ path, link, reason }): PlacedProblem => {
    const why =
      reason === 'loop'
        ? 'a loop, or too long a chain, of symbolic links'
        : `a link to ${link.target}, which was not read`;
    return { code: 'unresolved-link', path, message: `${path} is ${why}`, layer: digestAt(digests, link.layer) };
  });
  return [...found, ...lost];
}

/** Layers are read for wanted names alone: what the others put at another name is known of no layer. */
function unseenChange({ path, links, file }: WantedPlace, digests: readonly Digest[]): PlacedProblem {
  const message = `${path} is a link to ${file.path}, which a later layer may have replaced`;
  return { code: 'unresolved-link', path, message, layer: digestAt(digests, links.at(-1)?.layer ?? file.layer) };
}

function hasOthersAbove(digests: readonly Digest[], layer: number): boolean {
  return digests.slice(layer + 1).some((digest) => digest !== digests[layer]);
}

function digestAt(digests: readonly Digest[], layer: number): Digest {
  return digests[layer] ?? '';
}

/** One problem once, in an order that depends on the facts alone: by layer from the base, then path, then text. */
function sortedProblems(problems: readonly PlacedProblem[], digests: readonly Digest[]): PlacedProblem[] {
  // The first of equal layers.
  const numbers = new Map([...digests.entries()].reverse().map(([number, digest]) => [digest, number]));
  const key = ({ layer, path = '', code, message }: PlacedProblem): string => {
    const number = layer === null ? -1 : (numbers.get(layer) ?? -1);
    return [String(number + 1).padStart(6, '0'), path, code, message].join('\0');
  };
  const unique = new Map(problems.map((problem) => [key(problem), problem]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, problem]) => problem);
}
