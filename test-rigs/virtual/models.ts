import { families } from '@jpd/protocol';
import { virtualDevice } from '@jpd/protocol/virtual';
import { answer, table } from './output.ts';

const models = () =>
  families
    .filter(({ id }) => id !== 'unknown')
    .map((family) => {
      const { state } = virtualDevice({ family: family.id });
      return {
        id: family.id,
        name: family.name,
        formFactor: family.formFactor,
        productId: state.productId,
        version: state.version,
        battery: family.hasBattery,
        takesHeadset: family.hasChildren,
        settings: family.settings,
      };
    });

/** `jabra-virtual models`. */
export function printModels(json: boolean): void {
  const rows = models();
  if (json) {
    answer(JSON.stringify({ models: rows }));
    return;
  }
  const cells = rows.map(({ id, name, formFactor, productId, version, settings }) => [
    id,
    name,
    formFactor,
    productId.toString(16).padStart(4, '0'),
    version,
    String(settings.length),
  ]);
  answer(table(['MODEL', 'NAME', 'KIND', 'PRODUCT', 'VERSION', 'SETTINGS'], cells));
}
