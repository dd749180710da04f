import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Spinner } from '@fluentui/react-components';
import { CheckmarkCircle20Filled, UsbStickRegular } from '@fluentui/react-icons';
import type { ReactNode } from 'react';
import type { Pairing } from '../../bridge/index.ts';
import { useApp } from '../app-context.ts';
import { shortName } from '../model/names.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { Glyph } from '../parts/glyph.tsx';

/** One dialog, one place for what happens; it never closes by itself. */
export function PairingDialog() {
  const { state, bridge } = useApp();
  const { pairing } = state;
  if (!pairing) return null;
  const close = () => void bridge.call('stopPairing', {}).catch(() => undefined);
  return (
    <Dialog open modalType="modal" onOpenChange={(_, { open }) => (open ? undefined : close())}>
      <DialogSurface className="dialog">
        <DialogBody>
          <Content pairing={pairing} close={close} />
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

function Content({ pairing, close }: { readonly pairing: Pairing; readonly close: () => void }) {
  const { bridge, words, calendar } = useApp();
  const cancel = <Button onClick={close}>{words.t('common.cancel')}</Button>;
  const again = (text: string) => (
    <>
      {cancel}
      <ActionButton appearance="primary" does={() => bridge.call('startPairing', {})}>
        {text}
      </ActionButton>
    </>
  );
  const adapterLine = (adapter: string) => (
    <p className="with-icon caption muted">
      <UsbStickRegular fontSize={16} aria-hidden />
      {words.t('pair.adapter', { adapter: shortName(adapter) })}
    </p>
  );
  const busy = (text: string) => (
    <div className="boxed busy">
      <Spinner size="tiny" aria-hidden />
      <span>{text}</span>
    </div>
  );
  switch (pairing.step) {
    case 'no-adapter':
      return frame(
        pairing.unable === undefined ? words.t('pair.noAdapter') : words.t('pair.unable', { adapter: shortName(pairing.unable) }),
        <>
          <p>{words.t(pairing.unable === undefined ? 'pair.noAdapterText' : 'pair.unableText')}</p>
          {busy(words.t('pair.waiting'))}
        </>,
        cancel,
      );
    case 'searching': {
      const seconds = Math.max(0, Math.floor((calendar.now - pairing.startedAt) / 1000));
      return frame(
        words.t('pair.title'),
        <>
          {adapterLine(pairing.adapter)}
          <p>{words.t('pair.how')}</p>
          {pairing.found.length === 0 ? (
            busy(words.t('pair.searching', { count: seconds }))
          ) : (
            <ul className="boxed">
              {pairing.found.map(({ id, name, formFactor, endsIn }) => (
                <li key={id}>
                  <Glyph formFactor={formFactor} size={32} />
                  <span className="who">
                    <span>{shortName(name)}</span>
                    <span className="caption muted">{words.t('pair.endsIn', { digits: endsIn })}</span>
                  </span>
                  <ActionButton
                    size="small"
                    aria-label={words.t('pair.connectTo', { name: shortName(name), digits: endsIn })}
                    does={() => bridge.call('choosePairing', { id })}
                  >
                    {words.t('pair.connect')}
                  </ActionButton>
                </li>
              ))}
              {pairing.isOver === true ? null : (
                <li>
                  <Spinner size="tiny" aria-hidden />
                  <span>{words.t('pair.still')}</span>
                </li>
              )}
            </ul>
          )}
        </>,
        pairing.isOver === true ? again(words.t('pair.again')) : cancel,
      );
    }
    case 'connecting':
      return frame(
        words.t('pair.title'),
        <>
          {adapterLine(pairing.adapter)}
          {busy(words.t('pair.connecting', { name: shortName(pairing.name) }))}
        </>,
        cancel,
      );
    case 'connected': {
      const { device, battery } = pairing;
      const through = words.t('devices.through', { adapter: shortName(pairing.adapter) });
      return frame(
        words.t('pair.connected'),
        <>
          <ul className="boxed">
            <li>
              <Glyph formFactor={device.formFactor} size={32} />
              <span className="who">
                <span>{shortName(device.name)}</span>
                <span className="caption muted">{battery === null ? through : `${through} · ${words.t('head.battery', { level: battery })}`}</span>
              </span>
              <CheckmarkCircle20Filled className="good-icon" aria-hidden />
            </li>
          </ul>
          <p className="caption muted">{words.t('pair.connectedText')}</p>
        </>,
        <Button appearance="primary" onClick={close}>
          {words.t('common.done')}
        </Button>,
      );
    }
    case 'nothing-found':
      return frame(
        words.t('pair.none'),
        <>
          <p>{words.t('pair.noneText', { count: pairing.seconds })}</p>
          <ul className="hints">
            <li>{words.t('pair.noneOn')}</li>
            <li>{words.t('pair.noneNear')}</li>
            <li>{words.t('pair.nonePhone')}</li>
          </ul>
        </>,
        again(words.t('pair.again')),
      );
    case 'refused':
      return frame(
        words.t('pair.refused'),
        <p>{words.t('pair.refusedText', { name: shortName(pairing.name) })}</p>,
        again(words.t('common.tryAgain')),
      );
    case 'unplugged':
      return frame(words.t('pair.unplugged'), <p>{words.t('pair.unpluggedText', { adapter: shortName(pairing.adapter) })}</p>, cancel);
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
