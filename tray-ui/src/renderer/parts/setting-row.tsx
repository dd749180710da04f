import { useId } from '@fluentui/react-components';
import { ArrowCounterclockwise16Regular, Clock16Regular, Info16Regular, LockClosed16Regular, Warning16Regular } from '@fluentui/react-icons';
import { useState } from 'react';
import type { DeviceView, SettingRow, SettingValue } from '../../bridge/index.ts';
import { useApp } from '../app-context.ts';
import { sourceText } from '../model/names.ts';
import { type NoteKind, problemNote, settingName, type SettingNote, settingNotes } from '../model/setting-notes.ts';
import { valueText } from '../model/setting-values.ts';
import { SettingControlView } from './setting-control.tsx';

/** One setting: its name, what there is to say about it, and its control; or its value with a lock. */
export function SettingRowView({ row, device }: { readonly row: SettingRow; readonly device: DeviceView }) {
  const { words, calendar, bridge } = useApp();
  const id = useId('setting-');
  const [own, setOwn] = useState<SettingNote | null>(null);
  const name = settingName(row.key, words);
  const notes = [...settingNotes(row, device, calendar, words), ...(own ? [own] : [])];
  const change = async (value: SettingValue) => {
    setOwn(null);
    const said = await bridge.call('changeSetting', { deviceId: device.deviceId, key: row.key, value });
    if (!said.isDone) setOwn(problemNote({ code: said.code, wanted: value }, row, device, words));
  };
  const isLockedRow = row.isLocked && row.value !== null;
  const value = row.value === null ? null : valueText(row.key, row.value, words);
  const notesId = `${id}notes`;
  const spoken =
    isLockedRow && row.source
      ? words.t('settings.say.locked', { name, value: value ?? '', source: sourceText(row.source, device, words) })
      : undefined;
  return (
    <div className="row setting" {...(spoken === undefined ? {} : { tabIndex: 0, role: 'group', 'aria-label': spoken, 'aria-describedby': notesId })}>
      <div className="row-text">
        <div id={id}>{name}</div>
        <div id={notesId} aria-live={own ? 'polite' : undefined}>
          {notes.map((note) => (
            <Note key={note.kind + note.text} note={note} />
          ))}
        </div>
      </div>
      <div className="row-control">
        {isLockedRow ? (
          <>
            <span>{value}</span>
            <LockClosed16Regular className="muted" aria-hidden />
          </>
        ) : row.value === null ? (
          <span className="muted">{words.t('settings.notAvailable')}</span>
        ) : (
          <SettingControlView
            row={row}
            value={row.value}
            labelId={id}
            notesId={notes.length > 0 ? notesId : undefined}
            isReadOnly={device.connection.status === 'disconnected'}
            change={change}
          />
        )}
      </div>
    </div>
  );
}

const icons = {
  about: null,
  'set-by': null,
  waiting: <Clock16Regular aria-hidden />,
  back: <ArrowCounterclockwise16Regular aria-hidden />,
  info: <Info16Regular aria-hidden />,
  warning: <Warning16Regular aria-hidden />,
} as const satisfies Record<NoteKind, unknown>;

function Note({ note }: { readonly note: SettingNote }) {
  return (
    <div className={`note caption note-${note.kind}`}>
      {icons[note.kind]}
      <span>{note.text}</span>
    </div>
  );
}
