import { Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import type { Inventory, ReportProblem } from '@clarion/model';

import { printableJson } from '../printable';
import { clarionComponent, imageComponent, operatingSystem, packageComponent, properties } from './components';
import { contentUuid } from './uuid';

/**
 * The inventory as CycloneDX 1.6 JSON. No clock and no random number: the serial number is derived from the content, so
 * the same facts give the same bytes. Spec: https://cyclonedx.org/docs/1.6/json/
 */
export function renderInventory(inventory: Inventory): string {
  const { bom, places } = billOfMaterials(inventory);
  const factory = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  const normalized = factory.makeForBom().normalize(bom, { sortLists: true });
  const { $schema, bomFormat, specVersion, version, metadata, dependencies } = normalized;
  // The library knows no occurrences. They are the proof of a component, so they are added to what it gives.
  const components = (normalized.components ?? []).map((component) => {
    const location = places.get(component['bom-ref'] ?? '');
    return location === undefined ? component : { ...component, evidence: { occurrences: [{ location }] } };
  });
  const content = { metadata, components, dependencies };
  const serialNumber = `urn:uuid:${contentUuid(JSON.stringify(content))}`;
  return printableJson({ $schema, bomFormat, specVersion, serialNumber, version, ...content });
}

interface BillOfMaterials {
  readonly bom: Models.Bom;
  /** Path of the file that proves a component, by its reference. */
  readonly places: ReadonlyMap<string, string>;
}

function billOfMaterials({ clarion, image, namespaces, packages, problems }: Inventory): BillOfMaterials {
  const used = new Set<string>(['image']);
  const digests = new Map(image.layers.map(({ diffId, digest }) => [diffId, digest]));
  const container = imageComponent(image);
  const systems = namespaces.map((namespace) => operatingSystem(used, namespace));
  const libraries = packages.map((pkg) => packageComponent(used, pkg, (layer) => digests.get(layer) ?? null));
  for (const { bomRef } of [...systems, ...libraries]) container.dependencies.add(bomRef);
  const bom = new Models.Bom({
    components: new Models.ComponentRepository([...systems, ...libraries]),
    metadata: new Models.Metadata({
      tools: new Models.Tools({ components: new Models.ComponentRepository([clarionComponent(clarion.version)]) }),
      component: container,
      properties: properties(problems.map((problem) => ['clarion:problem', describe(problem)])),
    }),
  });
  const paths = [...namespaces, ...packages].map(({ path }) => path);
  return {
    bom,
    places: new Map([...systems, ...libraries].map(({ bomRef }, n) => [bomRef.value ?? '', paths[n] ?? ''])),
  };
}

/** What could not be read is part of an honest bill of materials. */
function describe({ code, layer, path, message }: ReportProblem): string {
  return [code, layer, path, message].filter((part) => part !== null).join(' ');
}
