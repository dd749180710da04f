import { CheckmarkCircle20Regular, Clock20Regular, Warning20Filled } from '@fluentui/react-icons';
import { Spinner } from '@fluentui/react-components';
import type { DeviceView } from '../../bridge/index.ts';
import { useApp } from '../app-context.ts';
import { type FirmwareKind, firmwareKind } from '../model/firmware-kind.ts';
import { firmwareWord } from '../model/firmware-words.ts';

/** The firmware column of the list: a mark and a word, never a colour alone. */
export function FirmwareMark({ device }: { readonly device: DeviceView }) {
  const { state, words } = useApp();
  const kind = firmwareKind(device);
  return (
    <span className={kind === 'ready' || kind === 'announced' || kind === 'failed' ? 'firmware strong' : 'firmware'}>
      <Mark kind={kind} />
      <span>{firmwareWord(device, state.policy, words)}</span>
    </span>
  );
}

function Mark({ kind }: { readonly kind: FirmwareKind }) {
  switch (kind) {
    case 'ready':
    case 'announced':
      return <span className="dot" />;
    case 'latest':
      return <CheckmarkCircle20Regular aria-hidden />;
    case 'failed':
    case 'notInstalled':
      return <Warning20Filled className="warning-icon" aria-hidden />;
    case 'updating':
    case 'restarting':
      return <Spinner size="tiny" aria-hidden />;
    case 'unmanaged':
    case 'available':
    case 'unknown':
      return null;
    case 'downloading':
    case 'inCall':
    case 'battery':
    case 'window':
    case 'disconnected':
    case 'cutOff':
    case 'busy':
    case 'postponed':
      return <Clock20Regular aria-hidden />;
  }
}
