import { Dropdown, Input, Option, Slider, Switch } from '@fluentui/react-components';
import { useState } from 'react';
import type { SettingRow, SettingValue } from '../../bridge/index.ts';
import { useApp } from '../app-context.ts';
import { valueText } from '../model/setting-values.ts';

interface Props {
  readonly row: SettingRow;
  readonly value: SettingValue;
  readonly labelId: string;
  readonly notesId: string | undefined;
  /** The device is away: its value is shown as text, since a control could do nothing. */
  readonly isReadOnly: boolean;
  readonly change: (value: SettingValue) => Promise<void>;
}

/** Shows what the device holds, never what somebody wants: until the device answered, the old value stays. */
export function SettingControlView({ row, value, labelId, notesId, isReadOnly, change }: Props) {
  const { words } = useApp();
  const { control } = row;
  const text = valueText(row.key, value, words);
  const aria = { 'aria-labelledby': labelId, ...(notesId === undefined ? {} : { 'aria-describedby': notesId }) };
  const say = (next: SettingValue) => void change(next).catch(() => undefined);
  if (isReadOnly || control.kind === 'none') return <span>{text}</span>;
  switch (control.kind) {
    case 'switch':
      return (
        <>
          <span className="switch-value" aria-hidden>
            {text}
          </span>
          <Switch {...aria} checked={value === true} onChange={(_, { checked }) => say(checked)} />
        </>
      );
    case 'slider':
      return <Steps values={control.values} value={typeof value === 'number' ? value : 0} row={row} aria={aria} say={say} />;
    case 'choice':
      return (
        <Dropdown
          {...aria}
          className="choice"
          value={text}
          selectedOptions={[JSON.stringify(value)]}
          onOptionSelect={(_, { optionValue }) => {
            const chosen = control.values.find((one) => JSON.stringify(one) === optionValue);
            if (chosen !== undefined && chosen !== value) say(chosen);
          }}
        >
          {control.values.map((one) => (
            <Option key={String(one)} value={JSON.stringify(one)} text={valueText(row.key, one, words)}>
              {valueText(row.key, one, words)}
            </Option>
          ))}
        </Dropdown>
      );
    case 'text':
      return <Line value={String(value)} maxLength={control.maxLength} aria={aria} say={say} />;
  }
}

type Aria = Readonly<Record<string, string>>;

/** One step of the device a key press; the value goes to the device when the hand rests. */
function Steps({
  values,
  value,
  row,
  aria,
  say,
}: {
  readonly values: readonly number[];
  readonly value: number;
  readonly row: SettingRow;
  readonly aria: Aria;
  readonly say: (value: SettingValue) => void;
}) {
  const { words } = useApp();
  const held = Math.max(0, values.indexOf(value));
  const [moved, setMoved] = useState<number | null>(null);
  const index = moved ?? held;
  const at = values[index] ?? value;
  const settle = () => {
    if (moved !== null && moved !== held) say(at);
    setMoved(null);
  };
  return (
    <>
      <span className="slider-value" aria-hidden>
        {valueText(row.key, at, words)}
      </span>
      <Slider
        className="slider"
        input={{ ...aria, 'aria-valuetext': valueText(row.key, at, words, true) }}
        min={0}
        max={values.length - 1}
        step={1}
        value={index}
        onChange={(_, data) => setMoved(data.value)}
        onPointerUp={settle}
        onKeyUp={settle}
        onBlur={settle}
      />
    </>
  );
}

function Line({
  value,
  maxLength,
  aria,
  say,
}: {
  readonly value: string;
  readonly maxLength: number;
  readonly aria: Aria;
  readonly say: (value: SettingValue) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const settle = () => {
    const text = typed?.trim() ?? '';
    if (text !== '' && text !== value) say(text);
    setTyped(null);
  };
  return (
    <Input
      {...aria}
      className="choice"
      value={typed ?? value}
      maxLength={maxLength}
      onChange={(_, data) => setTyped(data.value)}
      onBlur={settle}
      onKeyDown={({ key }) => {
        if (key === 'Enter') settle();
        if (key === 'Escape') setTyped(null);
      }}
    />
  );
}
