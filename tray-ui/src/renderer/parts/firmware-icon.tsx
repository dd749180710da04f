import {
  ArrowCircleUp24Regular,
  ArrowDownload24Regular,
  Battery124Regular,
  CalendarClock24Regular,
  Call24Regular,
  CheckmarkCircle24Filled,
  Clock24Regular,
  Info24Regular,
  PlugDisconnected24Regular,
  QuestionCircle24Regular,
  Warning24Filled,
  WeatherMoon24Regular,
} from '@fluentui/react-icons';
import { Spinner } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { FirmwareKind } from '../model/firmware-kind.ts';

const icons: Readonly<Record<FirmwareKind, ReactElement>> = {
  latest: <CheckmarkCircle24Filled className="good-icon" />,
  available: <Info24Regular />,
  unmanaged: <Info24Regular />,
  unknown: <QuestionCircle24Regular />,
  ready: <ArrowCircleUp24Regular className="brand-icon" />,
  announced: <ArrowCircleUp24Regular className="brand-icon" />,
  downloading: <ArrowDownload24Regular />,
  inCall: <Call24Regular />,
  battery: <Battery124Regular />,
  window: <WeatherMoon24Regular />,
  disconnected: <PlugDisconnected24Regular />,
  cutOff: <PlugDisconnected24Regular />,
  busy: <Clock24Regular />,
  postponed: <CalendarClock24Regular />,
  updating: <ArrowCircleUp24Regular className="brand-icon" />,
  restarting: <Spinner size="tiny" />,
  failed: <Warning24Filled className="warning-icon" />,
  notInstalled: <Warning24Filled className="warning-icon" />,
};

export function CardIcon({ kind }: { readonly kind: FirmwareKind }) {
  return (
    <span className="card-icon" aria-hidden>
      {icons[kind]}
    </span>
  );
}
