import { LockClosed16Regular } from '@fluentui/react-icons';
import type { DeviceView } from '../../bridge/index.ts';
import { useApp } from '../app-context.ts';
import { orderOf, sectionOf, sections } from '../model/setting-names.ts';
import { SettingRowView } from '../parts/setting-row.tsx';
import { SectionHead } from '../parts/page.tsx';

export function SettingsTab({ device }: { readonly device: DeviceView }) {
  const { words } = useApp();
  const noun = words.noun(device.formFactor);
  const rows = device.settings.toSorted((a, b) => orderOf(a.key) - orderOf(b.key));
  const locked = rows.filter(({ isLocked }) => isLocked).length;
  if (rows.length === 0) return <p className="lead">{words.t('settings.none', noun)}</p>;
  return (
    <>
      <div className="settings-lead caption muted">
        <span>{words.t(device.connection.status === 'connected' ? 'settings.saved' : 'settings.disconnected', noun)}</span>
        {locked > 0 ? (
          <span className="with-icon">
            <LockClosed16Regular aria-hidden />
            {words.t('settings.locked', { count: locked })}
          </span>
        ) : null}
      </div>
      {sections.map((section) => {
        const ofSection = rows.filter(({ key }) => sectionOf(key) === section);
        return ofSection.length === 0 ? null : (
          <section key={section}>
            <SectionHead title={words.t(`section.${section}`)} />
            <div className="card">
              {ofSection.map((row) => (
                <SettingRowView key={row.key} row={row} device={device} />
              ))}
            </div>
          </section>
        );
      })}
    </>
  );
}
