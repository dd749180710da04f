// What the programs use of Node 20 and what Node 18.15, which is in the substitute runtime, lacks. The Electron that is shipped has a newer Node.
const missing = {
  canParse: (url, base) => {
    try {
      void new URL(url, base);
      return true;
    } catch {
      return false;
    }
  },
};
for (const [name, value] of Object.entries(missing)) if (!(name in URL)) Object.defineProperty(URL, name, { value });
