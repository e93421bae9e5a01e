import { inventoryOf } from '@clarion/matching';
import { isGap, type EffectiveImage } from '@clarion/model';
import { exitCodes } from '../failure';
import { readImage, type ImageSettings } from '../image-facts';
import { inventoryFormat } from '../formats';
import { renderStyle, writeResult } from '../output';
import { clarionVersion } from '../release';
import { withFacts } from '../facts';

export interface PackagesSettings extends ImageSettings {
  readonly format: string;
}

/** Writes the inventory of an image in the format asked for; exit code 3 when something could not be read. */
export async function writeInventory(image: EffectiveImage, settings: PackagesSettings): Promise<void> {
  const render = inventoryFormat(settings.format);
  const inventory = inventoryOf(image, { clarionVersion });
  await writeResult(await render(inventory, renderStyle(settings.output, true)), settings.output);
  if (image.problems.some(isGap) || inventory.packages.length === 0) process.exitCode = exitCodes.incomplete;
}

/** `clarion packages IMAGE` */
export async function packages(reference: string, settings: PackagesSettings): Promise<void> {
  inventoryFormat(settings.format);
  await withFacts(settings, async (facts) => {
    const image = await readImage(reference, settings, facts);
    facts.progress.close();
    await writeInventory(image, settings);
  });
}
