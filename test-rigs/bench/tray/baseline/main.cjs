// What the tray app is measured against: an icon with a menu, and a process that does nothing. `--window` opens a page with one word.
const path = require('node:path');
const { app, BrowserWindow, Menu, nativeImage, Tray, utilityProcess } = require('electron');

const page = 'data:text/html,<h1>empty</h1>';
// Else the icon is collected.
const kept = [];

app.on('window-all-closed', () => undefined);
app.on('second-instance', () => {
  const window = new BrowserWindow({ width: 920, height: 640, show: false, webPreferences: { sandbox: true } });
  window.once('ready-to-show', () => window.show());
  void window.loadURL(page);
});
void app.whenReady().then(() => {
  const tray = new Tray(nativeImage.createEmpty());
  tray.setContextMenu(Menu.buildFromTemplate([{ label: 'Quit', role: 'quit' }]));
  const child = utilityProcess.fork(path.join(__dirname, 'utility.cjs'));
  kept.push(tray, child);
  child.once('spawn', () => process.stdout.write('ready\n'));
});
