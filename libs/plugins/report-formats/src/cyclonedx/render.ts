import { Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import { isGap, type ImageInventory, type RenderedText, type ReportProblem } from '@clarion/model';

import { mapped, printableJson } from '../printable';
import { clarionComponent, imageComponent, type ListedComponent, listedOf, properties } from './components';
import { contentUuid } from './uuid';

const normalizers = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
const sorted = { sortLists: true };

/**
 * The inventory as CycloneDX 1.6 JSON. No clock and no random number: the serial number is derived from the content, so
 * the same facts give the same bytes. Components are made one by one, once for the serial number and once for output:
 * of 100,000 packages the library's model as a whole takes 500 MB. Spec: https://cyclonedx.org/docs/1.6/json/
 */
export function renderInventory(inventory: ImageInventory): RenderedText {
  const head = normalizers.makeForBom().normalize(new Models.Bom({ metadata: metadataOf(inventory) }), sorted);
  const { $schema, bomFormat, specVersion, version, metadata } = head;
  const listed = listedOf(inventory);
  const components = mapped([...listed].sort(byRef), componentOf);
  const dependencies = dependenciesOn(listed.map(({ ref }) => ref));
  const serialNumber = `urn:uuid:${contentUuid(compactJson({ metadata, components, dependencies }))}`;
  const fixed = { $schema, bomFormat, specVersion, serialNumber, version, metadata };
  // Never `complete`: what no detector recognises is in no list of gaps.
  const compositions = isIncomplete(inventory) ? [{ aggregate: 'incomplete', assemblies: ['image'] }] : undefined;
  return printableJson({ ...fixed, components, dependencies, ...(compositions && { compositions }) });
}

/** Whether packages are known to be missing: something was not readable or has no detector, or nothing was found. */
function isIncomplete({ problems, ecosystems = [], packages }: ImageInventory): boolean {
  return problems.some(isGap) || ecosystems.length > 0 || packages.length === 0;
}

function metadataOf(inventory: ImageInventory): Models.Metadata {
  const { clarion, image, problems, ecosystems = [] } = inventory;
  return new Models.Metadata({
    tools: new Models.Tools({ components: new Models.ComponentRepository([clarionComponent(clarion.version)]) }),
    component: imageComponent(image),
    properties: properties([
      ...(isIncomplete(inventory) ? [['clarion:complete', 'false'] as const] : []),
      ...problems.map((problem) => ['clarion:problem', describe(problem)] as const),
      ...ecosystems.map(({ id, files, example }) => ['clarion:not-read', `${id} ${files} ${example}`] as const),
    ]),
  });
}

/** What could not be read is part of an honest bill of materials. */
function describe({ code, layer, path, message }: ReportProblem): string {
  return [code, layer, path, message].filter((part) => part !== null).join(' ');
}

/** The order of the library. */
function byRef(a: ListedComponent, b: ListedComponent): number {
  return a.ref.localeCompare(b.ref) || a.purl.localeCompare(b.purl);
}

/** The library knows no occurrences. They are the proof of a component, so they are added to what it gives. */
function componentOf({ component, path }: ListedComponent): object {
  const normalized = normalizers.makeForComponent().normalize(component(), sorted);
  return { ...normalized, evidence: { occurrences: [{ location: path }] } };
}

interface Dependency {
  readonly ref: string;
  readonly dependsOn?: readonly string[];
}

/** The image depends on all that is listed; what packages need of each other is not known. */
function dependenciesOn(refs: readonly string[]): Iterable<Dependency> {
  const inOrder = ['image', ...refs].sort((a, b) => a.localeCompare(b));
  const dependsOn = inOrder.filter((ref) => ref !== 'image');
  return mapped(inOrder, (ref) => (ref === 'image' && dependsOn.length > 0 ? { ref, dependsOn } : { ref }));
}

interface Content {
  readonly metadata: object | undefined;
  readonly components: Iterable<object>;
  readonly dependencies: Iterable<Dependency>;
}

/** `JSON.stringify` of the content, in pieces. */
function* compactJson({ metadata, components, dependencies }: Content): Generator<string> {
  yield `{"metadata":${JSON.stringify(metadata)},"components":[`;
  yield* separated(components);
  yield '],"dependencies":[';
  yield* separated(dependencies);
  yield ']}';
}

function* separated(list: Iterable<object>): Generator<string> {
  let separator = '';
  for (const element of list) {
    yield separator + JSON.stringify(element);
    separator = ',';
  }
}
