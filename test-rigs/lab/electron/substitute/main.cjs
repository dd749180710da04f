// Takes the place of Electron's own default app in the substitute runtime, so that `electron FOLDER` runs the application in FOLDER.
// Switches before it are Chromium's; `-r FILE` is loaded first, as Electron's default app does.
const path = require('node:path');
const { app } = require('electron');

const newer = path.join(__dirname, 'newer-node.cjs');
require(newer);
// For utility processes, which inherit the environment.
process.env.NODE_OPTIONS = `--require=${JSON.stringify(newer)}`;

const words = process.argv.slice(1);
const preloads = [];
let folder;
while (words.length > 0 && folder === undefined) {
  const word = words.shift();
  if (word === '-r') preloads.push(words.shift());
  else if (!word.startsWith('-')) folder = path.resolve(word);
}
if (folder === undefined) {
  process.stderr.write('usage: electron [switches] FOLDER [arguments]\n');
  process.exit(2);
}
// What comes after the folder is the application's, and it finds it where it would with Electron's own default app.
process.argv.splice(1, process.argv.length, folder, ...words);
const about = require(path.join(folder, 'package.json'));
app.setAppPath(folder);
app.setName(about.productName ?? about.name);
app.setVersion(about.version);
for (const preload of preloads) require(preload);
require(path.join(folder, about.main));
