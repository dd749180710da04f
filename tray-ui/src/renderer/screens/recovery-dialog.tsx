import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle } from '@fluentui/react-components';
import { CheckmarkCircle20Filled, UsbPlug20Regular, Warning20Filled } from '@fluentui/react-icons';
import type { ReactNode } from 'react';
import type { DeviceView, Recovery } from '../../bridge/index.ts';
import { useApp } from '../app-context.ts';
import { shortName } from '../model/names.ts';
import { firmwareCard } from '../model/firmware-words.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { Glyph } from '../parts/glyph.tsx';
import { Bar, useTimeLeftText } from '../parts/progress.tsx';
import { Steps } from '../parts/steps.tsx';

/** From "Recover headset" to its end. What runs can be closed, not cancelled. */
export function RecoveryDialog({ device }: { readonly device: DeviceView }) {
  const { bridge } = useApp();
  const { recovery } = device.firmware;
  if (!recovery) return null;
  const close = () => void bridge.call('endRecovery', { deviceId: device.deviceId }).catch(() => undefined);
  return (
    <Dialog open modalType="modal" onOpenChange={(_, { open }) => (open ? undefined : close())}>
      <DialogSurface className="dialog">
        <DialogBody>
          <Content device={device} recovery={recovery} close={close} />
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

function Content({ device, recovery, close }: { readonly device: DeviceView; readonly recovery: Recovery; readonly close: () => void }) {
  const { state, bridge, words, calendar } = useApp();
  const noun = words.noun(device.formFactor);
  const name = shortName(device.name);
  const go = () => bridge.call('recoverFirmware', { deviceId: device.deviceId });
  switch (recovery.step) {
    case 'prepare': {
      const isReady = recovery.others.every(({ isConnected }) => !isConnected);
      const formFactorOf = (id: string) => state.devices.find(({ deviceId }) => deviceId === id)?.formFactor ?? 'headset';
      return frame(
        words.t('rec.prepare', { name }),
        <>
          <p id="recovery-hint">{isReady ? words.t('rec.prepareReady', noun) : words.t('rec.prepareText')}</p>
          <ul className="boxed">
            {recovery.others.map((other) => (
              <li key={other.deviceId}>
                <Glyph formFactor={formFactorOf(other.deviceId)} size={32} />
                <span className="who">
                  <span>{shortName(other.name)}</span>
                  <span className="caption muted">{words.t(other.isConnected ? 'rec.connected' : 'rec.unplugged')}</span>
                </span>
                {other.isConnected ? <UsbPlug20Regular aria-hidden /> : <CheckmarkCircle20Filled className="good-icon" aria-hidden />}
              </li>
            ))}
          </ul>
        </>,
        <>
          <Button onClick={close}>{words.t('common.cancel')}</Button>
          <ActionButton appearance="primary" disabledFocusable={!isReady} aria-describedby="recovery-hint" does={go}>
            {words.t('rec.start')}
          </ActionButton>
        </>,
      );
    }
    case 'waiting': {
      const waits = { ...device, firmware: { ...device.firmware, status: 'pending' as const, reason: recovery.reason, hasBegun: false } };
      const said = firmwareCard(waits, state.policy, calendar, words);
      return frame(
        said.heading,
        said.texts.map((text) => <p key={text}>{text}</p>),
        <Button onClick={close}>{words.t('common.close')}</Button>,
      );
    }
    case 'running':
      return frame(
        words.t('rec.running'),
        <Running device={device} recovery={recovery} />,
        <Button onClick={close}>{words.t('common.close')}</Button>,
      );
    case 'complete': {
      const { version, unplugged } = recovery;
      const plug = unplugged.length > 0 ? words.t('rec.plugIn', { list: unplugged.map(shortName).join(', ') }) : '';
      return frame(
        words.t('rec.complete'),
        <p className="with-icon top">
          <CheckmarkCircle20Filled className="good-icon" aria-hidden />
          <span>{`${words.t('rec.completeText', { name, version })} ${plug}`.trim()}</span>
        </p>,
        <Button appearance="primary" onClick={close}>
          {words.t('common.ok')}
        </Button>,
      );
    }
    case 'failed':
      return frame(
        words.t('rec.failed'),
        <div className="with-icon top">
          <Warning20Filled className="warning-icon" aria-hidden />
          <div>
            <p>{words.t('rec.failedText', { ...noun, count: recovery.minutes })}</p>
            <ul className="hints">
              <li>{words.t('rec.hintHub')}</li>
              <li>{words.t('rec.hintCable')}</li>
            </ul>
          </div>
        </div>,
        <>
          <span className="action-left">
            <ActionButton appearance="subtle" does={() => bridge.call('saveDiagnostics', {})}>
              {words.t('fw.saveDiagnostics')}
            </ActionButton>
          </span>
          <Button onClick={close}>{words.t('common.close')}</Button>
          <ActionButton appearance="primary" does={go}>
            {words.t('common.tryAgain')}
          </ActionButton>
        </>,
      );
  }
}

function frame(title: string, content: ReactNode, actions: ReactNode) {
  return (
    <>
      <DialogTitle>{title}</DialogTitle>
      <DialogContent>{content}</DialogContent>
      <DialogActions className="actions">{actions}</DialogActions>
    </>
  );
}

function Running({ device, recovery }: { readonly device: DeviceView; readonly recovery: Extract<Recovery, { step: 'running' }> }) {
  const { words, calendar } = useApp();
  const left = useTimeLeftText(recovery);
  const noun = words.noun(device.formFactor);
  const minutes = Math.floor((calendar.now - recovery.startedAt) / 60_000);
  const soFar = minutes < 1 ? words.t('rec.soFarUnder') : words.t('rec.soFar', { count: minutes });
  const steps = [
    { text: words.t('rec.step.found', noun) },
    { text: words.t('rec.step.sending', { version: recovery.version }) },
    { text: words.t('rec.step.restarts', noun) },
    { text: words.t('rec.step.settings') },
  ];
  const current = { checking: 0, transferring: 1, verifying: 1, installing: 2, restoring: 3 }[recovery.phase];
  return (
    <>
      <p>{words.t('rec.runningText', noun)}</p>
      <Bar
        label={words.t('rec.progressLabel', { name: shortName(device.name) })}
        value={recovery.phase === 'installing' ? undefined : recovery.progress / 100}
      />
      <div className="bar-caption">
        <span>{words.t('common.percent', { value: Math.floor(recovery.progress) })}</span>
        <span>
          {soFar} · {left}
        </span>
      </div>
      <Steps steps={steps} current={current} />
    </>
  );
}
